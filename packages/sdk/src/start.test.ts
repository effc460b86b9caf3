import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { AnalyzerInfoSchema, PluginInfoSchema } from "@quillon/proto/grpc";
import { describe, expect, test } from "vitest";
import { ask, builtSdk, PACK, POLICY, REQUIRE, RUNNERS, serving } from "./differential/packs.ts";
import { OUR_BOOT, startPack } from "./differential/peers.ts";
import { version } from "./version.ts";

const lay = builtSdk({ declarations: true });

describe("a pack is started", () => {
  const tsconfig = JSON.stringify({
    compilerOptions: { strict: true, module: "nodenext", target: "es2022", skipLibCheck: true },
  });
  const typed = `import { PolicyPack, type ResourceValidationPolicy } from "@quillon/policy";
const p: ResourceValidationPolicy = ${POLICY.replace("(args, report)", "(args, report): void")};
new PolicyPack("pack", { policies: [p] });`;
  const kinds: [string, Record<string, string>][] = [
    ["CommonJS", { "index.js": `${REQUIRE}${PACK}` }],
    [
      "ESM",
      {
        "index.js": `import { PolicyPack } from "@quillon/policy";${PACK}`,
        "package.json": '{"name":"pack","version":"1.2.3","type":"module","main":"index.js"}',
      },
    ],
    [
      "TypeScript",
      { "index.ts": typed, "tsconfig.json": tsconfig, "package.json": '{"name":"pack","version":"1.2.3"}' },
    ],
    ["a function that makes it", { "index.js": `${REQUIRE}module.exports = async () => { ${PACK} };` }],
  ];

  describe.each(RUNNERS)("by %s", (_, runner) => {
    test.each(kinds)("%s", async (_kind, files) => {
      await serving(lay(files), runner, async (peer) => {
        const info = fromBinary(AnalyzerInfoSchema, (await peer.call("GetAnalyzerInfo", new Uint8Array())).bytes);
        expect(info).toMatchObject({ name: "pack", version: "1.2.3", supportsConfig: true });
        expect(await ask(peer, { text: "hello" })).toEqual(["d\nhello"]);
      });
    });

    test("with no arguments that it could take for its own", async () => {
      const said = "enforcementLevel: 'advisory', description: JSON.stringify(process.argv.slice(2))";
      const made = `new PolicyPack("pack", { policies: [{ name: "p", ${said}, validateResource() {} }] });`;
      await serving(lay({ "index.js": `${REQUIRE}${made}` }), runner, async (peer) => {
        const info = fromBinary(AnalyzerInfoSchema, (await peer.call("GetAnalyzerInfo", new Uint8Array())).bytes);
        expect(info.policies.map(({ description }) => description)).toEqual(["[]"]);
      });
    });
  });

  test("ESM that awaits at the top, by our boot file", async () => {
    const files = {
      "index.mjs": `import { PolicyPack } from "@quillon/policy"; await null; ${PACK}`,
      "package.json": '{"version":"1.2.3"}',
    };
    await serving(lay(files), OUR_BOOT, async (peer) => expect(await ask(peer, { text: "x" })).toEqual(["d\nx"]));
  });

  test("with the engine's flags and options", async () => {
    const directory = lay({ "index.js": `${REQUIRE}${PACK}` });
    const args = [OUR_BOOT, "--logtostderr", "-v=9", "--tracing", "http://x", "127.0.0.1:1", ".", "-nodeargs=x"];
    const child = spawn(process.execPath, args, { cwd: directory });
    const line = await new Promise((resolve) => child.stdout.once("data", (data) => resolve(String(data))));
    child.kill();
    expect(line).toMatch(/^\d+\n$/);
  });

  test("and answers the calls that need no policy", async () => {
    await serving(lay({ "index.js": `${REQUIRE}${PACK}` }), OUR_BOOT, async (peer) => {
      const plugin = await peer.call("GetPluginInfo", new Uint8Array());
      expect(fromBinary(PluginInfoSchema, plugin.bytes).version).toBe(version);
      for (const method of ["Handshake", "ConfigureStack", "Cancel"]) {
        expect(await peer.call(method, new Uint8Array())).toMatchObject({ code: 0 });
      }
      expect(await peer.call("NoSuchMethod", new Uint8Array())).toMatchObject({ code: 12 });
    });
  });
});

test("the version is the package's", () => {
  expect(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version).toBe(version);
});

describe("a mistake ends the start, told once, with an exit code", () => {
  const cases: [string, string, RegExp][] = [
    [
      "two policies of one name",
      `${REQUIRE}new PolicyPack("pack", { policies: [${POLICY}, ${POLICY}] });`,
      /Two policies are named "p"/,
    ],
    ["a name outside the rules", `${REQUIRE}${PACK.replace('"p"', '"p p"')}`, /Invalid policy name "p p"/],
    ["the reserved name", `${REQUIRE}${PACK.replace('"p"', '"all"')}`, /"all" is a reserved name/],
    [
      "a schema that is not valid",
      `${REQUIRE}${PACK.replace('name: "p"', 'name: "p", configSchema: { properties: { a: 1 } }')}`,
      /"p" has a schema that is not valid/,
    ],
    [
      "a policy with no function",
      `${REQUIRE}new PolicyPack("pack", { policies: [{ name: "p", description: "d" }] });`,
      /"p" does nothing/,
    ],
    ["two packs", `${REQUIRE}${PACK}${PACK}`, /Already serving policy pack 'pack'/],
    [
      "configuration against its schema",
      `${REQUIRE}${PACK.replace('name: "p"', 'name: "p", configSchema: { properties: { a: { type: "number" } } }').replace("] });", '] }, { p: { a: "x" } });')}`,
      /"p" is configured against its schema: a: /,
    ],
    ["an error in the pack", `${REQUIRE}throw new Error("my mistake");`, /my mistake/],
  ];
  describe.each(RUNNERS)("under %s", (_, runner) => {
    test.each(cases)("%s", async (_what, code, message) => {
      const failed = await startPack(lay({ "index.js": code }), runner).catch((error) => error);
      expect(failed.code).toBeGreaterThan(0);
      expect(failed.stderr.match(new RegExp(message, "g"))).toHaveLength(1);
    });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "no package.json",
      { "index.js": `${REQUIRE}process.chdir("/");${PACK}` },
      /needs a package\.json with its version: \/package\.json/,
    ],
    [
      "no version",
      { "index.js": `${REQUIRE}${PACK}`, "package.json": "{}" },
      /Version must be defined in the package\.json/,
    ],
    [
      "no entry point",
      { "package.json": '{"version":"1.0.0","main":"dist/index.js"}' },
      /no entry point: .*dist\/index\.js/,
    ],
    ["no PolicyPack", { "index.js": REQUIRE }, /without creating a PolicyPack/],
    ["a promise that fails", { "index.js": "Promise.reject(new Error('late')); setInterval(() => {}, 1000);" }, /late/],
  ])("%s, under our boot file", async (_, files, message) => {
    const failed = await startPack(lay(files), OUR_BOOT).catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(message);
  });
});

test.each(["run", "run/index.js", "run-plugin"])(
  "a pack inside what cmd/%s runs fails it, and says what to do",
  async (path) => {
    const runner = "stand-in/@pulumi/pulumi/cmd";
    const run = "require(process.cwd());";
    const files = { [`${runner}/run/index.js`]: run, [`${runner}/run-plugin/index.js`]: run };
    const failed = await startPack(lay({ ...files, "index.js": `${REQUIRE}${PACK}` }), `${runner}/${path}`).catch(
      (e) => e,
    );
    expect(failed.code).toBeGreaterThan(0);
    expect(failed.stderr).toMatch(/can't be made inside a Pulumi program.*pulumi preview --policy-pack FOLDER/);
  },
);

test("so does one inside an inline program of Pulumi's Automation API, which has no runner", async () => {
  const code = `const { createRequire } = require("node:module");
const grpc = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
const { LanguageServer } = require("@pulumi/pulumi/automation/server");
const { RunRequest } = require("@pulumi/pulumi/proto/language_pb");
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb");
const { RegisterResourceResponse, SupportsFeatureResponse } = require("@pulumi/pulumi/proto/resource_pb");
${REQUIRE}
const engine = new grpc.Server();
engine.addService(ResourceMonitorService, {
  supportsFeature: (_, answer) => answer(null, new SupportsFeatureResponse()),
  registerResource: (_, answer) => answer(null, new RegisterResourceResponse()),
});
engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => {
  const request = new RunRequest();
  request.setMonitorAddress("127.0.0.1:" + port);
  request.setArgsList(["127.0.0.1:" + port]);
  const program = async () => { try { ${PACK} } catch (error) { console.log(error.message); } };
  new LanguageServer(program).run({ request }, () => {});
});`;
  const { line, child } = await startPack(lay({ "inline.js": code }), "inline.js");
  child.kill();
  expect(line).toMatch(/can't be made inside a Pulumi program.*pulumi preview --policy-pack FOLDER/);
});
