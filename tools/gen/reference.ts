import { errorIds, openApi, routes } from "@quillon/contract";
import { settingTable } from "@quillon/server/settings";

/** The pages of docs/reference that are made from the code, by file name. */
export function referencePages(): Map<string, string> {
  return new Map([
    ["settings.md", settingsPage()],
    ["errors.md", errorsPage()],
    ["openapi.json", `${JSON.stringify(openApi(routes), null, 2)}\n`],
  ]);
}

function settingsPage(): string {
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
  return page.join("\n");
}

function errorsPage(): string {
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
  return page.join("\n");
}
