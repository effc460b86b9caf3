import { errorIds, openApi, routes } from "@quillon/contract";
import { settingTable } from "@quillon/server/settings";
import { expect, test } from "vitest";

// The pages are written by `npm run gen` and by nobody else; a test run fails when one is not what the code says.

test("docs/reference/settings.md has every setting of the server", async () => {
  const rows = Object.values(settingTable).map((setting) => {
    const flag = "flag" in setting ? `\`--${setting.flag} ${setting.value}\`` : "";
    const fallback = "default" in setting ? `\`${setting.default}\`` : "";
    return `| ${flag} | \`${setting.variable}\` | ${fallback} | ${setting.help} |`;
  });
  const page = [
    "# Settings of `quillon server`",
    "",
    "Each is a flag or an environment variable; the flag wins. Secrets are taken by variable only.",
    "",
    "| flag | variable | default | what it is |",
    "|---|---|---|---|",
    ...rows,
    "",
  ];
  await expect(page.join("\n")).toMatchFileSnapshot("../docs/reference/settings.md");
});

test("docs/reference/errors.md has every error that the server answers", async () => {
  const rows = errorIds.flatMap(({ id, status, examples }) =>
    examples.map((example) => `| \`${id}\` | ${status} | ${example} |`),
  );
  const page = [
    "# Errors",
    "",
    "Every error is JSON of one shape: `{code, message, id, errors?}`. `code` is the HTTP status, `message` a sentence for",
    "people, `id` one of these for programs. An id is never used again for something else.",
    "",
    "| id | status | message |",
    "|---|---|---|",
    ...rows,
    "",
  ];
  await expect(page.join("\n")).toMatchFileSnapshot("../docs/reference/errors.md");
});

test("docs/reference/openapi.json has every route, as the server answers it", async () => {
  const document = `${JSON.stringify(openApi(routes), null, 2)}\n`;
  await expect(document).toMatchFileSnapshot("../docs/reference/openapi.json");
});
