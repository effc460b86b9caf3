import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testPack } from "./test-pack.ts";

test("a package.json that is no JSON is named", async () => {
  const dir = mkdtempSync(join(tmpdir(), "quillon-test-pack-"));
  try {
    writeFileSync(join(dir, "PulumiPolicy.yaml"), "runtime: nodejs\n");
    writeFileSync(join(dir, "package.json"), "{");
    await expect(testPack(dir)).rejects.toThrow(`${join(dir, "package.json")} can't be read: `);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
