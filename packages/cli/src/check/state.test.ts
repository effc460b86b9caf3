import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfigFile } from "./config-file.ts";
import { readStateFile } from "./state.ts";

test("a state that is not there is named, with the command that writes one", async () => {
  await expect(readStateFile("/nowhere/state.json")).rejects.toThrow(
    "The state /nowhere/state.json can't be read: there is no such file. `pulumi stack export --file FILE` writes one.",
  );
});

test("a configuration that is not there is named", () => {
  expect(() => readConfigFile("/nowhere/rules.json")).toThrow(
    "The configuration /nowhere/rules.json can't be read: there is no such file.",
  );
});

test.each<[BufferEncoding, plain: boolean]>([
  ["utf8", false],
  ["utf16le", false],
  ["utf8", true],
])("a state that PowerShell has written in %s is read (without a mark: %s)", async (encoding, plain) => {
  const dir = mkdtempSync(join(tmpdir(), "quillon-state-"));
  const file = join(dir, "state.json");
  const text = '{"version": 3, "deployment": {}}';
  try {
    writeFileSync(file, plain ? text : `\ufeff${text}`, encoding);
    const state = await readStateFile(file);
    expect(Buffer.from(state.bytes).toString()).toBe(text);
    // Whoever reads the file itself reads the mark.
    expect(state.file).toBe(plain ? file : undefined);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
