import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withGuardedPath } from "./guarded-path.ts";
import { writeShim } from "./write-shim.ts";

const root = mkdtempSync(join(tmpdir(), "quillon-guarded-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Prints with what it was called. */
const quillon = join(root, "quillon.js");
writeFileSync(quillon, "console.log(JSON.stringify(process.argv.slice(2)));");

mkdirSync(join(root, "cli"));
const cli = join(root, "cli", "pulumi");
writeFileSync(cli, "#!/bin/sh\necho the CLI itself\n", { mode: 0o755 });
const PATH = [dirname(cli), process.env.PATH].join(delimiter);

const printed = (env: NodeJS.ProcessEnv) =>
  spawnSync("sh", ["-c", "pulumi up --yes"], { env, encoding: "utf8" }).stdout.trim();

test("what is called by the name pulumi is the guarded one, which is gone afterwards", async () => {
  let dir = "";
  await withGuardedPath({ env: { PATH, OTHER: "1" }, org: "acme", quillon }, async (env) => {
    dir = env.PATH?.split(delimiter)[0] ?? "";
    expect(env).toEqual({ PATH: [dir, PATH].join(delimiter), OTHER: "1" });
    expect(JSON.parse(printed(env))).toEqual(["shim", "--exec", "--org", "acme", dir, "--", "up", "--yes"]);
  });
  expect(existsSync(dir)).toBe(false);
});

test("the one that quillon shim has put on the PATH stays the first, with its own settings", async () => {
  const shim = await writeShim({ dir: join(root, "shim"), pulumi: cli, quillon, env: { PATH } });
  const guarded = { PATH: [shim.dir, PATH].join(delimiter) };
  await withGuardedPath({ env: guarded, quillon }, async (env) => expect(env).toEqual(guarded));
  const behind = { PATH: [PATH, shim.dir].join(delimiter) };
  await withGuardedPath({ env: behind, quillon }, async (env) => expect(env.PATH).not.toBe(behind.PATH));
});

test("a program that fails is told, and nothing stays", async () => {
  let dir = "";
  const failing = withGuardedPath({ env: {}, quillon }, async (env) => {
    dir = env.PATH ?? "";
    throw new Error("There is no command deploy.");
  });
  await expect(failing).rejects.toThrow("There is no command deploy.");
  expect(existsSync(dir)).toBe(false);
});
