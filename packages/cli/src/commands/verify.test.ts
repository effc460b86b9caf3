import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { programFor } from "../program.ts";

const bin = mkdtempSync(join(tmpdir(), "quillon-verify-"));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true, force: true });
});

test.each([
  ["there is no git", "", "There is no command git."],
  [
    "git refuses the folder",
    "echo fatal: detected dubious ownership >&2; exit 128",
    "Git says: fatal: detected dubious",
  ],
])("without a commit it is said why: %s", async (_, script, says) => {
  mkdirSync(bin, { recursive: true });
  if (script) writeFileSync(join(bin, "git"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const program = await programFor(["verify"]);
  vi.stubEnv("PATH", bin);
  const run = program.parseAsync(["verify", "--stack", "web/prod"], { from: "user" });
  await expect(run).rejects.toThrow(`There is no commit here. `);
  await expect(run).rejects.toThrow(says);
});
