import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonText } from "@quillon/contract/client";
import { expect, onTestFinished, test } from "vitest";
import { readPolicyConfig } from "./policy-config.ts";

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "quillon-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config.json");
  writeFileSync(path, text);
  return path;
}

test.each([
  ["configuration as it is", '{"few":{"most":2}}', '{"few":{"most":2}}'],
  ["a number as it is written", '{"few":{"most":12345678901234567890,"share":1.50}}', undefined],
  [
    "a level that stands alone",
    '{"all":"advisory","few":{"most":2}}',
    '{"all":{"enforcementLevel":"advisory"},"few":{"most":2}}',
  ],
  ["an empty file", "\n", "{}"],
])("takes %s", async (_, text, sent = text) => {
  expect(JsonText.stringify(await readPolicyConfig(fileWith(text)))).toBe(sent);
});

test.each(["[]", "1", "{"])("refuses %s, and names the file", async (text) => {
  const path = fileWith(text);
  await expect(readPolicyConfig(path)).rejects.toThrow(`--config ${path} `);
});
