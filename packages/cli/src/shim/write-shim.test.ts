import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { findPulumi } from "./find-pulumi.ts";
import { commandText } from "./text.ts";
import { realPulumi, writeShim } from "./write-shim.ts";

const root = mkdtempSync(join(tmpdir(), "quillon-shim-"));
afterAll(() => rmSync(root, { recursive: true }));

let dir: string;
/** The Pulumi CLI, in a folder on the PATH. */
let cli: string;
let PATH: string;
/** Prints with what it was called. */
let quillon: string;

beforeEach(() => {
  dir = mkdtempSync(join(root, 'it\'s a "folder" $HOME `x` '));
  cli = program("cli", "pulumi");
  PATH = `/no/such/folder:${join(dir, "cli")}`;
  quillon = join(dir, "quillon.js");
  writeFileSync(quillon, "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;");
});

function program(folder: string, name: string): string {
  const file = join(dir, folder, name);
  mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

const write = (folder: string, more: { pulumi?: string; org?: string; env?: NodeJS.ProcessEnv } = {}) =>
  writeShim({ dir: join(dir, folder), quillon, env: { PATH }, ...more });

const call = (file: string, ...args: string[]) => {
  const { stdout, stderr, status } = spawnSync(file, args, { encoding: "utf8" });
  return { args: stdout && JSON.parse(stdout), stderr, status };
};

test("it calls quillon with the folder and every argument, and has its exit code", async () => {
  const { file, pulumi } = await write("a 'b/bin");
  expect(pulumi).toBe(cli);
  const args = ["-C", "it's", "", "--", '"up"', "$HOME", "*"];
  expect(call(file, ...args)).toEqual({
    args: ["shim", "--exec", join(dir, "a 'b/bin"), "--", ...args],
    stderr: "",
    status: 7,
  });
});

test("it has the Pulumi CLI and the organization that were named", async () => {
  const named = program("opt", "pulumi-3.220");
  const { file } = await write("bin", { pulumi: named, org: "acme", env: {} });
  expect(call(file, "up").args).toEqual([
    ...["shim", "--exec", "--pulumi", named, "--org", "acme", join(dir, "bin"), "--", "up"],
  ]);
});

test("it runs nothing when quillon is not there any more", async () => {
  const { file } = await write("bin");
  rmSync(quillon);
  const { stderr, status } = call(file, "up");
  expect(stderr).toBe("pulumi: quillon is not where it was when this file was written. Run `quillon shim` again.\n");
  expect(status).toBe(1);
});

test("writing it again changes it, and leaves nothing else in the folder", async () => {
  await write("bin");
  const { file } = await write("bin", { org: "acme" });
  expect(readFileSync(file, "utf8")).toContain("acme");
  expect(readdirSync(join(dir, "bin"))).toEqual(["pulumi"]);
  expect(statSync(file).mode & 0o777).toBe(0o755);
});

test("a later step of GitHub Actions has it first on its PATH", async () => {
  const GITHUB_PATH = join(dir, "github-path");
  writeFileSync(GITHUB_PATH, "/opt/tool\n");
  const { isOnGithubPath } = await write("bin", { env: { PATH, GITHUB_PATH } });
  expect(isOnGithubPath).toBe(true);
  expect(readFileSync(GITHUB_PATH, "utf8")).toBe(`/opt/tool\n${join(dir, "bin")}\n`);
  await expect(write("bin", { env: { PATH, GITHUB_PATH: dir } })).rejects.toThrow(
    /bin\/pulumi is written, and the steps that follow don't find it: GITHUB_PATH names .*, which can't be written/,
  );
});

test("it never finds itself, nor another one", async () => {
  const { file } = await write("one");
  await write("two");
  mkdirSync(join(dir, "three"));
  symlinkSync(file, join(dir, "three", "pulumi"));
  symlinkSync(join(dir, "one"), join(dir, "four"));
  const folders = ["four", "one", "two", "three"].map((name) => join(dir, name)).join(":");
  expect(findPulumi(join(dir, "one"), folders)).toBeUndefined();
  expect(findPulumi(join(dir, "one"), `${folders}:${PATH}`)).toBe(cli);
});

test("in its own folder no program is the Pulumi CLI, and elsewhere only one that can be run", () => {
  const plain = join(dir, "plain");
  mkdirSync(join(plain, "sub", "pulumi"), { recursive: true });
  writeFileSync(join(plain, "pulumi"), "#!/bin/sh\n");
  expect(findPulumi(join(dir, "cli"), PATH)).toBeUndefined();
  expect(findPulumi(join(dir, "bin"), `${plain}:${join(plain, "sub")}:${PATH}`)).toBe(cli);
});

test.each<[what: string, make: () => Promise<unknown> | unknown, problem: RegExp]>([
  ["no Pulumi CLI anywhere", () => write("bin", { env: { PATH: "/no/such" } }), /There is no Pulumi CLI on the PATH/],
  ["no PATH", () => write("bin", { env: {} }), /There is no Pulumi CLI on the PATH/],
  ["a named one that is not there", () => write("bin", { pulumi: "/no/such" }), /\/no\/such is no program/],
  ["a folder for it", () => write("bin", { pulumi: "/" }), /\/ is no program/],
  ["a file for a folder", () => write("cli/pulumi"), /pulumi is a file, or in one/],
  ["a folder in a file", () => write("cli/pulumi/bin"), /bin is a file, or in one/],
  ["somebody else's pulumi", () => write("cli"), /pulumi is there already, and quillon shim has not written it/],
  ["a name that no PATH can have", () => write("a:b"), /can't be on the PATH/],
  ["a name of two lines", () => write("a\nb"), /can't be on the PATH/],
])("refused: %s", async (_, make, problem) => {
  await expect(Promise.resolve().then(make)).rejects.toThrow(problem);
  expect(existsSync(join(dir, "bin"))).toBe(false);
  expect(readFileSync(cli, "utf8")).toBe("#!/bin/sh\n");
});

test("refused: a folder in which nothing can be written", async () => {
  // Not even the superuser can.
  await expect(writeShim({ dir: "/sys", quillon, env: { PATH } })).rejects.toThrow("Nothing can be written in /sys.");
});

test("refused: a guarded pulumi as the Pulumi CLI, and a link that leads nowhere", async () => {
  const { file } = await write("one");
  await expect(write("two", { pulumi: file })).rejects.toThrow("is a guarded pulumi itself");
  expect(() => realPulumi(join(dir, "two"), file, PATH)).toThrow("is a guarded pulumi itself");
  mkdirSync(join(dir, "links"));
  symlinkSync("/no/such", join(dir, "links", "pulumi"));
  await expect(write("links")).rejects.toThrow("is there already");
});

test("on Windows it is a .cmd", () => {
  expect(commandText({ node: "C:\\a b\\node.exe", quillon: "C:\\100%\\q.js", args: ["shim", "C:\\bin"] })).toBe(
    "@rem Written by `quillon shim`: a pulumi that runs what the organization requires.\r\n" +
      '@"C:\\a b\\node.exe" "C:\\100%%\\q.js" "shim" "C:\\bin" -- %*\r\n',
  );
});
