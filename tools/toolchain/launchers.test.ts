import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repositoryDir } from "../repository.ts";

let pack: string;
beforeEach(() => {
  pack = realpathSync(mkdtempSync(join(tmpdir(), "launchers-")));
});
afterEach(() => {
  rmSync(pack, { recursive: true });
});

function write(path: string, text: string): void {
  const file = join(pack, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

function launch(name: string, args: string[], env: Record<string, string> = {}) {
  const program = join(repositoryDir, "tools", "toolchain", "launchers", name);
  const run = spawnSync(program, args, { cwd: pack, encoding: "utf8", env: { ...process.env, ...env } });
  return { stdout: run.stdout, stderr: run.stderr, status: run.status };
}

describe("the launchers for Node.js", () => {
  const cases = [
    { name: "pulumi-analyzer-policy", entry: "run-policy-pack" },
    { name: "pulumi-resource-pulumi-nodejs", entry: "dynamic-provider" },
  ];
  it.each(cases)("$name starts cmd/$entry with the arguments it got, and ends as it ends", ({ name, entry }) => {
    const script = "console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;";
    write(`node_modules/@pulumi/pulumi/cmd/${entry}/index.js`, script);
    const run = launch(name, ["127.0.0.1:1", ".", "-a=b c"]);
    expect(run).toEqual({ stdout: '["127.0.0.1:1",".","-a=b c"]\n', stderr: "", status: 7 });
  });

  it("pulumi-analyzer-policy without the SDK prints no port, the message the CLI looks for, and ends with 0", () => {
    const run = launch("pulumi-analyzer-policy", ["127.0.0.1:1", "."]);
    expect(run).toMatchObject({ stdout: "", status: 0 });
    expect(run.stderr).toContain("Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'");
  });
});

describe("pulumi-analyzer-policy-python", () => {
  const python = '#!/bin/sh\nprintf "%s|" "$0" "$@"\n';

  it.each([
    ["relative to the pack", () => "-virtualenv=venv"],
    ["with a slash at its end", () => "-virtualenv=venv/"],
    ["absolute", () => `-virtualenv=${pack}/venv`],
  ])("takes the environment %s out of the arguments and runs its python", (_, option) => {
    write("venv/bin/python", python);
    const run = launch("pulumi-analyzer-policy-python", ["-x=1", option(), "127.0.0.1:1", "a b"]);
    expect(run.stdout).toBe(`${pack}/venv/bin/python|-u|-m|pulumi.policy|-x=1|127.0.0.1:1|a b|`);
    expect(run.status).toBe(0);
  });

  it("runs the python of the PATH, or the one that PULUMI_PYTHON_CMD names, when no environment is given", () => {
    write("bin/python3", python);
    write("bin/other", python);
    const path = `${pack}/bin:${process.env.PATH}`;
    const plain = launch("pulumi-analyzer-policy-python", ["127.0.0.1:1", "."], { PATH: path, PULUMI_PYTHON_CMD: "" });
    expect(plain.stdout).toBe(`${pack}/bin/python3|-u|-m|pulumi.policy|127.0.0.1:1|.|`);
    const named = launch("pulumi-analyzer-policy-python", ["127.0.0.1:1"], { PATH: path, PULUMI_PYTHON_CMD: "other" });
    expect(named.stdout).toBe(`${pack}/bin/other|-u|-m|pulumi.policy|127.0.0.1:1|`);
  });

  it.each([
    ["is not there", () => {}, "doesn't exist"],
    ["is something else", () => write("venv/readme", ""), "doesn't appear to be a virtual environment"],
  ])("says how to make the environment that %s, and ends with 1", (_, prepare, problem) => {
    prepare();
    const run = launch("pulumi-analyzer-policy-python", ["-virtualenv=venv", "127.0.0.1:1", "."]);
    expect(run).toMatchObject({ stdout: "", status: 1 });
    expect(run.stderr).toContain(problem);
    expect(run.stderr).toContain(`python3 -m venv ${pack}/venv`);
  });
});
