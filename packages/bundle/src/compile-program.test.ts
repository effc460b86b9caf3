import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, onTestFinished, test } from "vitest";
import { compileProgram, compilerOf, draftProgram, readerOf } from "./compile-program.ts";
import { TestFolder, testPack } from "./testing.ts";

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

describe("a draft is what compiling gives", () => {
  const shapes = {
    "node_modules/shapes/package.json": '{ "name": "shapes" }',
    "node_modules/shapes/index.d.ts": "export interface Shape { sides: number }\nexport declare const square: Shape;",
  };
  const uses = `import { type Shape, square } from "shapes";
import * as own from "./own";
import type { Size } from "./size";
// A comment.
export const all: Shape[] = [square, own.circle], size: Size = own.Kind.Small;`;
  const allSides = {
    "tsconfig.json": '{ "compilerOptions": { "types": ["sides"] } }',
    "node_modules/@types/sides/index.d.ts": "declare const sides: number;",
    "size.ts": "export type Size = typeof sides;",
  };
  const own = {
    "own.ts": 'export const enum Kind { Small = 1 }\nexport const circle = <import("shapes").Shape>{ sides: 0 };',
    "size.ts": "export type Size = number;",
  };
  test.each<[string, Record<string, string>]>([
    ["in CommonJS", {}],
    ["in ES modules", { "package.json": '{ "type": "module" }' }],
    ["with types that its own folder has for all files", allSides],
    ["with options of its own", { "tsconfig.json": '{ "compilerOptions": { "strict": true, "target": "ES2015" } }' }],
  ])("%s", (_, files) => {
    const isModule = "package.json" in files;
    const index = isModule ? uses.replace('"./own"', '"./own.js"').replace('"./size"', '"./size.js"') : uses;
    const pack = testPack({ ...shapes, ...own, "index.ts": index, ...files });
    onTestFinished(() => pack.remove());
    const entry = join(pack.directory, "index.ts");
    const compiled = compileProgram(pack.directory, entry);
    expect([...compiled.outputs.keys()].sort()).toContain(entry);
    expect(compiled.outputs.size).toBe(3);
    expect(draftProgram(pack.directory, entry)).toEqual(compiled);
  });
});

test("JSX for development has no path of the machine", () => {
  const runtime =
    "export declare function jsxDEV(...all: unknown[]): unknown; export declare namespace JSX { interface IntrinsicElements { rule: {} } }";
  const pack = testPack({
    "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsxdev", "rootDir": "." } }',
    "rules/index.tsx": "export const rule = () => <rule />;",
    "node_modules/react/package.json": "{}",
    "node_modules/react/jsx-dev-runtime.d.ts": runtime,
  });
  onTestFinished(() => pack.remove());
  const entry = join(pack.directory, "rules/index.tsx");
  const [code = ""] = compileProgram(pack.directory, entry).outputs.values();
  expect(code).toContain('_jsxFileName = "rules/index.tsx"');
  expect(draftProgram(pack.directory, entry).outputs.get(entry)).toBe(code);
});
