import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { findHelperCalls } from "./helper-calls.ts";
import { problemLine } from "./problems.ts";
import { TestFolder } from "./testing.ts";

const old = createRequire(import.meta.url)("@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js") as typeof ts;

const provider = "@acme/pets@1.0.0";
const helper = { helper: { name: "" } };
const standIns = {
  [provider]: {
    "": {
      index: { module: "index" },
      getOwner: helper,
      nameFor: { same: ["index", "nameFor"] as [string, string] },
      Dog: { resource: { name: "Dog", token: "pets:index/dog:Dog" } },
    },
    index: { getDog: helper, nameFor: helper, Size: { value: {} } },
  },
};

function calls(compiler: typeof ts, name: string, code: string): string[] {
  const folder = new TestFolder({ [name]: code });
  const imports = { "@acme/pets": { provider, module: "" }, "@acme/pets/index": { provider, module: "index" } };
  const files = { [join(folder.directory, name)]: imports };
  const found = findHelperCalls(compiler, folder.directory, { standIns, files });
  folder.remove();
  return found.map(problemLine).map((line) => line.replace(/, and a bundle does not .*$/, ""));
}

describe.each([
  ["today's compiler", ts],
  ["the runner's own compiler", old],
])("calls of a provider's functions are found by %s", (_, compiler) => {
  test.each<[string, string, string[]]>([
    [
      "index.ts",
      'import * as pets from "@acme/pets";\npets.index.getDog();',
      ["index.ts:2:1: it calls pets.index.getDog"],
    ],
    [
      "index.ts",
      'import { index as i, Dog } from "@acme/pets";\ni.getDog!(Dog);',
      ["index.ts:2:1: it calls i.getDog!"],
    ],
    [
      "index.ts",
      'import pets from "@acme/pets";\n(pets as any).getOwner();',
      ["index.ts:2:1: it calls (petsasany).getOwner"],
    ],
    [
      "index.ts",
      'import pets = require("@acme/pets");\nimport i = pets.index;\ni.getDog();',
      ["index.ts:3:1: it calls i.getDog"],
    ],
    [
      "index.mts",
      'import { nameFor } from "@acme/pets";\nexport const name = nameFor("Ada");',
      ["index.mts:2:21: it calls nameFor"],
    ],
    [
      "index.js",
      'require("@acme/pets/index")["getDog"]();',
      ['index.js:1:1: it calls require("@acme/pets/index")["getDog"]'],
    ],
    [
      "index.js",
      'const { index: { nameFor: of } } = require("@acme/pets");\nexports.x = () => of(1);',
      ["index.js:2:19: it calls of"],
    ],
    [
      "index.cjs",
      'const i = require("@acme/pets").index;\nconst { getDog } = i;\nnew getDog();',
      ["index.cjs:3:1: it calls getDog"],
    ],
    [
      "index.js",
      'const pets_1 = __importStar(require("@acme/pets"));\n(0, pets_1.getOwner)();',
      ["index.js:2:1: it calls (0,pets_1.getOwner)"],
    ],
    [
      "index.mjs",
      'const { getOwner } = await import("@acme/pets");\ngetOwner();',
      ["index.mjs:2:1: it calls getOwner"],
    ],
  ])("in %s: %s", (name, code, wanted) => {
    expect(calls(compiler, name, code)).toEqual(wanted.map((line) => `${line} of ${provider}`));
  });

  test.each<[string, string]>([
    ["a name of the code's own", 'import { index } from "@acme/pets";\nexport const x = (index) => index.getDog();'],
    [
      "a value, a class and what it has",
      'import { index, Dog } from "@acme/pets";\nindex.Size.find(); new Dog(); Dog.isInstance(1);',
    ],
    ["comparing with one", 'import * as pets from "@acme/pets";\nexport const x = {} instanceof pets.getOwner;'],
    ["what has no such member", 'import * as pets from "@acme/pets";\npets.constructor(); pets.toString();'],
    ["a name that is declared by itself", "const pets = pets.index; pets.getDog(); var { a } = a; a.b();"],
    ["another package", 'import * as pets from "pets";\npets.getOwner();'],
  ])("and not in %s", (_, code) => {
    expect(calls(compiler, "index.js", code)).toEqual([]);
  });
});
