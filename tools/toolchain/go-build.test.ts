import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { buildOutdated, keyFile } from "./go-build.ts";

/** Says a version, and makes a program of what it is told to build. */
const GO = `#!/bin/sh
if [ "$1" = env ]; then echo go1.99; exit; fi
while [ "$1" != -o ]; do shift; done
cat main.go > "$2" && chmod +x "$2"
`;

test("a program is built again when its sources changed, and nowhere else where it is linked", () => {
  const dir = mkdtempSync(join(tmpdir(), "quillon-go-"));
  const [module, output, elsewhere] = ["module", "program", "key-elsewhere"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const program = {
    ...{ label: "program", duration: "no time", module, output },
    ...{ sources: ["go.mod", "main.go"], args: [], target: "." },
  };
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
    rmSync(keyFile(program), { force: true });
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  vi.spyOn(console, "log").mockReturnValue();
  vi.stubEnv("PATH", `${dir}:${process.env.PATH}`);
  writeFileSync(join(dir, "go"), GO, { mode: 0o755 });
  mkdirSync(module);
  writeFileSync(join(module, "go.mod"), "go 1.20\n");
  writeFileSync(join(module, "main.go"), "one");
  expect([buildOutdated([program]), buildOutdated([program])]).toEqual([1, 0]);
  linkSync(keyFile(program), elsewhere);
  const before = readFileSync(elsewhere, "utf8");
  writeFileSync(join(module, "main.go"), "two");
  expect([buildOutdated([program]), buildOutdated([program])]).toEqual([1, 0]);
  expect(readFileSync(output, "utf8")).toBe("two");
  expect(readFileSync(elsewhere, "utf8")).toBe(before);
});
