import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, onTestFinished, test } from "vitest";
import { compilerOf, readerOf } from "./compile-program.ts";
import { TestFolder } from "./testing.ts";

const named = (version: string) => `exports.version = "${version}"; exports.createProgram = () => {};`;
const vendored = "store/node_modules/@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js";

/** As pnpm lays packages: each sees only what it asks for itself. */
function packWith(files: Record<string, string>): string {
  const folder = new TestFolder({ "store/node_modules/@pulumi/pulumi/package.json": "{}", ...files });
  onTestFinished(() => folder.remove());
  const link = join(folder.directory, "pack/node_modules/@pulumi/pulumi");
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(folder.directory, "store/node_modules/@pulumi/pulumi"), link);
  return join(folder.directory, "pack");
}

describe("the compiler of a pack is", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "what @pulumi/pulumi finds",
      {
        "store/node_modules/typescript/index.js": named("beside the runner"),
        "pack/node_modules/typescript/index.js": named("of the pack"),
        [vendored]: named("in the runner"),
      },
      "beside the runner",
    ],
    [
      "its own",
      { "pack/node_modules/typescript/index.js": named("of the pack"), [vendored]: named("in the runner") },
      "of the pack",
    ],
    ["in @pulumi/pulumi", { [vendored]: named("in the runner") }, "in the runner"],
    [
      "none that can't be called",
      { "pack/node_modules/typescript/index.js": "exports.version = '7';", [vendored]: named("in the runner") },
      "in the runner",
    ],
    ["ours, to look at JavaScript alone", {}, ts.version],
  ])("%s", (_, files, wanted) => {
    const directory = packWith(files);
    expect(readerOf(directory).version).toBe(wanted);
    if (wanted === ts.version) expect(() => compilerOf(directory)).toThrow("no compiler is installed");
    else expect(compilerOf(directory).version).toBe(wanted);
  });
});
