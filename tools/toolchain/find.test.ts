import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinnedCli } from "./clis.ts";
import { findOnPath, findPulumi, isProgram } from "./find.ts";
import { linkProvider, linkProvidersOf } from "./providers.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "toolchain-paths-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function program(...path: string[]): string {
  const file = join(dir, ...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

describe("findPulumi", () => {
  it("takes QUILLON_PULUMI before anything else", () => {
    const given = program("given", "pulumi");
    program("path", "pulumi");
    for (const prefer of ["pinned", "path"] as const) {
      expect(findPulumi({ prefer, env: { QUILLON_PULUMI: given, PATH: join(dir, "path") } })).toBe(given);
    }
  });

  it("refuses a QUILLON_PULUMI that is not a program, and says what to do", () => {
    const env = { QUILLON_PULUMI: join(dir, "none"), PATH: "" };
    expect(() => findPulumi({ env })).toThrow(/QUILLON_PULUMI is .*none, which is not a program/);
  });

  it("prefers the PATH when asked to, and falls back to what is pinned", () => {
    const onPath = program("path", "pulumi");
    expect(findPulumi({ prefer: "path", env: { PATH: join(dir, "path") } })).toBe(onPath);
    const pinned = isProgram(pinnedCli.program) ? pinnedCli.program : undefined;
    expect(findPulumi({ prefer: "path", env: { PATH: join(dir, "empty") } })).toBe(pinned);
    expect(findPulumi({ env: { PATH: join(dir, "path") } })).toBe(pinned ?? onPath);
  });
});

it("passes over files on the PATH that can't be run, and folders", () => {
  mkdirSync(join(dir, "a", "pulumi"), { recursive: true });
  chmodSync(program("b", "pulumi"), 0o644);
  const runnable = program("c", "pulumi");
  const path = ["", join(dir, "a"), join(dir, "b"), join(dir, "c")].join(":");
  expect(findOnPath("pulumi", path)).toBe(runnable);
});

it("links the providers of a program's SDKs at their versions, again and again", () => {
  const packages = {
    pulumi: { version: "3.220.0" },
    random: { version: "4.1.0", pulumi: { resource: true } },
    named: { version: "1.0.0", pulumi: { resource: true, name: "other", version: "v2.0.0" } },
  };
  for (const [name, manifest] of Object.entries(packages)) {
    writeFileSync(`${program("program", "node_modules", "@pulumi", name, "package.json")}`, JSON.stringify(manifest));
  }
  const home = join(dir, "home");
  const echo = program("echo");
  linkProvidersOf(join(dir, "program"), home, echo);
  expect(linkProvidersOf(join(dir, "program"), home, echo)).toEqual([
    { name: "other", version: "v2.0.0" },
    { name: "random", version: "4.1.0" },
  ]);
  const link = join(home, "plugins", "resource-other-v2.0.0", "pulumi-resource-other");
  expect(readlinkSync(link)).toBe(echo);
});

it("refuses to link a provider that is not built, and says what to run", () => {
  const missing = join(dir, "pulumi-resource-echo");
  expect(() => linkProvider(dir, { name: "aws", version: "7.0.0" }, missing)).toThrow(/echo is not built. Run npm run/);
});
