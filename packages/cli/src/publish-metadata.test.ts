import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { publishMetadata } from "./publish-metadata.ts";

let dir: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: dir });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "quillon-git-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Without what the tests' own pipeline is. */
async function gitMetadata(folder: string): Promise<Record<string, string>> {
  const all = Object.entries(await publishMetadata(folder));
  return Object.fromEntries(all.filter(([name]) => !name.startsWith("ci.")));
}

test("of a pack in a repository are its commit, branch, people, remote and folder", async () => {
  git("init", "--quiet", "--initial-branch", "policies");
  git("remote", "add", "origin", "git@github.com:acme/platform.git");
  mkdirSync(join(dir, "packs/pets"), { recursive: true });
  writeFileSync(join(dir, "packs/pets/index.js"), "");
  git("add", ".");
  git("commit", "--quiet", "--message", "Pets");
  const clean = {
    "git.author": "Ada",
    "git.author.email": "ada@example.com",
    "git.committer": "Ada",
    "git.committer.email": "ada@example.com",
    "git.dirty": "false",
    "git.head": expect.stringMatching(/^[0-9a-f]{40}$/),
    "git.headName": "policies",
    "vcs.kind": "github.com",
    "vcs.owner": "acme",
    "vcs.repo": "platform",
    "vcs.root": "packs/pets",
  };
  expect(await gitMetadata(join(dir, "packs/pets"))).toEqual(clean);
  writeFileSync(join(dir, "packs/pets/index.js"), "1");
  expect(await gitMetadata(join(dir, "packs/pets"))).toEqual({ ...clean, "git.dirty": "true" });
});

test("of a pack in no repository is nothing", async () => {
  expect(await gitMetadata(dir)).toEqual({});
});
