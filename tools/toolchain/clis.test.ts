import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryDir } from "../repository.ts";
import { cliVersion, newerCli, olderCli, pinnedCli } from "./clis.ts";
import { wantedGo } from "./go-build.ts";

describe("the version of the CLI that a Go module builds", () => {
  const requires = (...lines: string[]) => `module m\n\nrequire (\n${lines.map((line) => `\t${line}\n`).join("")})\n`;
  const sdk = "github.com/pulumi/pulumi/sdk/v3";
  const pkg = "github.com/pulumi/pulumi/pkg/v3";

  it("is that of Pulumi's two modules", () => {
    expect(cliVersion(requires(`${sdk} v3.1.2`, `${pkg} v3.1.2 // indirect`))).toBe("3.1.2");
  });

  it.each([
    ["without the CLI's module", requires(`${sdk} v3.1.2`), /does not require .*\/pkg\/v3/],
    [
      "with two versions",
      requires(`${sdk} v3.1.2`, `${pkg} v3.1.3`),
      /version 3\.1\.3 of .* and 3\.1\.2 of .*the same/,
    ],
  ])("is refused %s", (_, goMod, problem) => {
    expect(() => cliVersion(goMod)).toThrow(problem);
  });
});

it("is in README.md for each CLI, with the version of Go that it needs", () => {
  const readme = readFileSync(join(repositoryDir, "tools/toolchain/README.md"), "utf8");
  for (const { version, module } of [pinnedCli, olderCli, newerCli]) {
    expect(readme).toContain(`| ${version} | Go ${wantedGo(module)} |`);
  }
});
