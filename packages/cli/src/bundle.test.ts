import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the command line carries no schema library: of the contract only types, methods and paths", async () => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["packages/cli/src/main.ts"],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    conditions: ["source"],
    outdir: "unwritten",
    external: ["@quillon/server", "@quillon/bundle"],
  });
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
  );
  expect([...packages]).toContain("commander");
  // `quillon check` holds the configuration of packs against their schema, and loads this only then.
  packages.delete("@cfworker/json-schema");
  expect([...packages].filter((name) => /typebox|ajv|zod|schema/.test(name))).toEqual([]);
});

test("no file imports the YAML library late: it is CommonJS, of which a built file has only the default export", () => {
  const source = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");
  const late = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && source(file).includes('import("yaml")'),
  );
  expect(late).toEqual([]);
});
