import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { programFor } from "../program.ts";

test.each<[what: string, options: string[], says: string]>([
  ["a bundle without a key", ["--bundle", "f"], "--bundle needs --key FILE"],
  ["a bundle of no organization", ["--bundle", "f", "--key", "k"], "--bundle needs --org ORG"],
  ["a key without a bundle", ["--key", "k"], "--key is only for --bundle."],
  ["a bundle and a reason", ["--bundle", "f", "--key", "k", "--break-glass", "Fire."], "not both"],
  ["an empty reason", ["--break-glass", ""], "--break-glass needs a reason"],
  ["a reason of spaces", ["--break-glass", "  "], "--break-glass needs a reason"],
  ["a reason that is too long", ["--break-glass", "x".repeat(1001)], "more than 1000 characters"],
])("%s is refused before anything is run", async (_, options, says) => {
  const program = await programFor(["run"]);
  const line = ["run", ...options, "--", "/no/such/pulumi", "stack", "ls"];
  await expect(program.parseAsync(line, { from: "user" })).rejects.toThrow(says);
});

test.each<[what: string, args: string[], says: string]>([
  ["an end that is none", ["--expires", "soon"], '--expires can\'t be "soon"'],
  ["an end that is over", ["--expires", "2020-01-01"], '--expires can\'t be "2020-01-01": that day has begun already.'],
  [
    "an end that is too far",
    ["--expires", "31d"],
    '--expires can\'t be "31d": the file can be used for 30 days at most.',
  ],
])("an export with %s is refused", async (_, args, says) => {
  const program = await programFor(["run"]);
  await expect(program.parseAsync(["run", "export", ...args], { from: "user" })).rejects.toThrow(says);
});

test("a bundle that is a folder is told as such", async () => {
  const home = mkdtempSync(join(tmpdir(), "quillon-bundle-"));
  try {
    writeFileSync(join(home, "Pulumi.yaml"), "name: web\nruntime: nodejs\n");
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///states");
    vi.stubEnv("QUILLON_URL", "https://quillon.example.com");
    vi.stubEnv("QUILLON_TOKEN", "secret");
    const program = await programFor(["run"]);
    const line = ["run", "--org", "acme", "--bundle", home, "--key", "k", "--"];
    const command = ["pulumi", "up", "--stack", "dev", "-C", home];
    await expect(program.parseAsync([...line, ...command], { from: "user" })).rejects.toThrow(
      `${home} can't be read: it is a folder.\nThe command was not run.`,
    );
  } finally {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  }
});
