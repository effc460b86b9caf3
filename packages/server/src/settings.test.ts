import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("without any, a server for this machine alone", () => {
  expect(readSettings({}, {})).toMatchObject({
    host: "127.0.0.1",
    port: 8080,
    limits: { json: 1_048_576, state: 268_435_456, archive: 268_435_456, entries: 20_000 },
    bootstrap: { user: "admin", organization: "acme" },
  });
});

test("a flag wins over its variable, and an empty variable is none", () => {
  const env = { QUILLON_LISTEN: "0.0.0.0:1", QUILLON_BODY_LIMIT: "5", QUILLON_PUBLIC_URL: "" };
  const settings = readSettings({ listen: "[::1]:2" }, env);
  expect(settings).toMatchObject({ host: "::1", port: 2, limits: { json: 5 } });
  expect(settings).not.toHaveProperty("publicUrl");
});

test("the public URL loses its slash", () => {
  expect(readSettings({ publicUrl: "https://quillon.example/" }, {}).publicUrl).toBe("https://quillon.example");
});

test.each<[Parameters<typeof readSettings>[0], string]>([
  [{ listen: "8080" }, '--listen (QUILLON_LISTEN) can\'t be "8080": write it as HOST:PORT'],
  [{ listen: "localhost:70000" }, "write it as HOST:PORT"],
  [{ bodyLimit: "1MB" }, '--body-limit (QUILLON_BODY_LIMIT) can\'t be "1MB": write a whole number above 0'],
  [{ archiveEntries: "0" }, "write a whole number above 0"],
  [{ publicUrl: "quillon.example" }, "write it as https://HOST"],
  [{ bootstrapOrg: "a b" }, '--bootstrap-org (QUILLON_BOOTSTRAP_ORG) can\'t be "a b"'],
])("%j is refused by name", (flags, problem) => {
  expect(() => readSettings(flags, {})).toThrow(problem);
});
