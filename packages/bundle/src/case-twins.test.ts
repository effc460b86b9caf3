import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { caseTwins } from "./case-twins.ts";
import type { NodePack } from "./pack.ts";
import { problemLine } from "./problems.ts";
import { TestFolder } from "./testing.ts";

test("a file is found beside which another lies whose name differs only in case", () => {
  const folder = new TestFolder({ "lib/util.js": "", "lib/Util.js": "", "lib/other.js": "" });
  onTestFinished(() => folder.remove());
  const inputs = { "lib/util.js": {}, "lib/other.js": {}, "quillon:root": {} };
  const found = caseTwins({ directory: folder.directory } as NodePack, { inputs } as unknown as Metafile);
  const isOneFile = existsSync(join(folder.directory, "LIB/UTIL.JS"));
  expect(found.map(problemLine)).toEqual(
    isOneFile ? [] : ["lib/util.js: Util.js lies beside it, and a bundle takes one for the other: rename it"],
  );
});
