import { expect, onTestFinished, test } from "vitest";
import { modulesOfNodeArguments } from "./node-arguments.ts";
import type { NodePack } from "./pack.ts";
import { problemLine } from "./problems.ts";
import { TestFolder } from "./testing.ts";

test.each([
  ["--stack-trace-limit=50", []],
  ["-r ./hook.js", ["PulumiPolicy.yaml:4: nodeargs has Node.js load a module with -r, which a bundle does not carry"]],
  [
    "--no-warnings --conditions=development",
    [
      "PulumiPolicy.yaml:4: nodeargs has Node.js choose other files of packages with --conditions=development, and in a bundle they are chosen without it",
    ],
  ],
])("of the arguments %s, what a bundle can't follow is said", (nodeargs, wanted) => {
  const text = `runtime:\n  name: nodejs\n  options:\n    nodeargs: ${nodeargs}\n`;
  const folder = new TestFolder({ "PulumiPolicy.yaml": text });
  onTestFinished(() => folder.remove());
  expect(modulesOfNodeArguments({ directory: folder.directory } as NodePack).map(problemLine)).toEqual(wanted);
});
