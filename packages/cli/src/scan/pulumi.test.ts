import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backendOf } from "./backend.ts";
import { PulumiFailed, withPulumi } from "./pulumi.ts";

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "quillon-pulumi-"));
});
afterEach(() => rmSync(bin, { recursive: true }));

const backend = backendOf("postgres://ada:hunter2@db/states", { cwd: "/", env: {} });

/** A Pulumi CLI of our own. */
function run(script: string, args: string[] = [], more: object = {}): Promise<string> {
  const path = join(bin, "pulumi");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return withPulumi(backend, { PATH: `${bin}:/usr/bin:/bin`, ...more }, async (pulumi) =>
    (await pulumi(args)).toString(),
  );
}

test("the CLI gets the backend, and no login, token or selected stack of the user's", async () => {
  const mine = { QUILLON_TOKEN: "t", PULUMI_ACCESS_TOKEN: "t", PULUMI_STACK: "dev", PULUMI_OPTION_STACK: "dev" };
  const printed = await run("env; echo args $*; pwd", ["stack", "ls"], {
    ...mine,
    PULUMI_HOME: "/mine",
    AWS_PROFILE: "p",
  });
  expect(printed).toContain("PULUMI_BACKEND_URL=postgres://ada:hunter2@db/states\n");
  expect(printed).toContain("AWS_PROFILE=p\n");
  expect(printed).toContain("args stack ls --non-interactive --color never\n");
  expect(printed).not.toMatch(/TOKEN=|STACK=|\/mine/);
  const [, home = ""] = /^PULUMI_HOME=(.*)$/m.exec(printed) ?? [];
  expect(printed.trim().endsWith(`\n${home}`)).toBe(true);
  expect(existsSync(home)).toBe(false);
});

test.each<[what: string, script: string, message: string]>([
  [
    "an error",
    "echo warning: old >&2; echo 'error: no postgres://ada:hunter2@db/states' >&2; exit 255",
    "no postgres://db/states",
  ],
  ["one in its own words", "echo oh no ada:hunter2 >&2; exit 1", "oh no […]"],
  ["nothing", "exit 1", "It has failed, and has not said why."],
  ["a question, which has no answer", "read answer || { echo 'error: no passphrase' >&2; exit 1; }", "no passphrase"],
])("it fails with %s", async (_, script, message) => {
  await expect(run(script)).rejects.toThrow(new PulumiFailed(message));
});

test("it is not installed", async () => {
  const none = withPulumi(backend, { PATH: bin }, (pulumi) => pulumi([]));
  await expect(none).rejects.toThrow("There is no command pulumi, which reads the backend. Install the Pulumi CLI");
});
