import { describe, expect, test } from "vitest";
import { ask, builtSdk, REQUIRE, serving } from "./differential/packs.ts";
import { OUR_BOOT } from "./differential/peers.ts";

const lay = builtSdk({ declarations: true });

describe("what is imported from a file of the original is there", () => {
  const paths = ["policy", "proxy", "schema", "index"].flatMap((name) => [name, `${name}.js`]);

  test.each(paths)("@quillon/policy/%s, required and imported", async (path) => {
    const { execFileSync } = await import("node:child_process");
    const code = `import { PolicyPack, UnknownValueError } from "@quillon/policy/${path}";
import * as whole from "@quillon/policy";
import { createRequire } from "node:module";
const required = createRequire(import.meta.url)("@quillon/policy/${path}");
console.log(PolicyPack === whole.PolicyPack, required.UnknownValueError === whole.UnknownValueError && !!UnknownValueError);`;
    const cwd = lay({ "a.mjs": code });
    expect(execFileSync(process.execPath, ["a.mjs"], { cwd, encoding: "utf8" })).toBe("true true\n");
  });

  test.each(["commonjs/node", "nodenext/nodenext"])("with its types, for %s", async (kind) => {
    const [module, moduleResolution] = kind.split("/");
    const cwd = lay({
      "index.ts": `import type { PolicyConfigSchema, ResourceValidationPolicy } from "@quillon/policy/policy";
import type { PolicyConfigJSONSchema } from "@quillon/policy/schema";
import { unknownCheckingProxy } from "@quillon/policy/proxy";
import { validateResourceOfType } from "@quillon/policy/index";
import type { Exception } from "@quillon/policy/testing";
export const exception: Exception = { reason: "r", match: [] };
// @ts-expect-error A reason is a text.
export const noReason: Exception = { reason: 1, match: [] };
const schema: PolicyConfigJSONSchema = { type: "string" };
const configSchema: PolicyConfigSchema = { properties: { schema } };
export const policy: ResourceValidationPolicy = {
  name: "p",
  description: "d",
  configSchema,
  validateResource: validateResourceOfType("aws:s3/bucket:Bucket", (props, args, report) => {
    if (unknownCheckingProxy(props).acl || args.asType("t").any || args.isSecret?.("a")) report("x");
  }),
};
// @ts-expect-error There is no such policy.
export const wrong: ResourceValidationPolicy = { name: 1 };`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          skipLibCheck: true,
          types: [],
          ignoreDeprecations: "6.0",
          module,
          moduleResolution,
        },
      }),
    });
    const { spawnSync } = await import("node:child_process");
    const { stdout } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc"], { cwd, encoding: "utf8" });
    expect(stdout).toBe("");
  });
});

test("assets are of the pack's own classes, though another copy of @pulumi/pulumi was loaded first", async () => {
  const classes = (names: string[]) => names.map((name) => `exports.${name} = class ${name} {};`).join("");
  const other = "node_modules/other/node_modules/@pulumi/pulumi";
  const files = {
    [`${other}/package.json`]: '{"name":"@pulumi/pulumi","version":"2.0.0"}',
    [`${other}/asset/asset.js`]: classes(["FileAsset", "StringAsset", "RemoteAsset"]),
    [`${other}/asset/archive.js`]: classes(["FileArchive", "RemoteArchive", "AssetArchive"]),
    "index.js": `for (const part of ["asset", "archive"]) require("./${other}/asset/" + part);
const { asset } = require("@pulumi/pulumi");
${REQUIRE}new PolicyPack("pack", { policies: [{ name: "p", description: "d",
  validateResource: ({ props }, report) => report(String(props.file instanceof asset.FileAsset)) }] });`,
  };
  await serving(lay(files), OUR_BOOT, async (peer) => {
    const file = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", path: "./x" };
    expect(await ask(peer, { file })).toEqual(["d\ntrue"]);
  });
});
