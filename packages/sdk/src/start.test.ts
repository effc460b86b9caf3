import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AnalyzeRequestSchema,
  AnalyzeResponseSchema,
  AnalyzerInfoSchema,
  AnalyzeStackRequestSchema,
  encodeStruct,
  PluginInfoSchema,
} from "@quillon/proto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  buildOnce,
  connect,
  layPack,
  OUR_BOOT,
  type Peer,
  PULUMI_RUNNER,
  removeAll,
  type Started,
  startPack,
} from "./differential/peers.ts";
import { version } from "./version.ts";

// The built package in processes of its own, started as the engine starts them.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let root: string;
beforeAll(async () => {
  root = await buildOnce({ declarations: true });
});
afterAll(() => removeAll(root));

const POLICY = `{ name: "p", description: "d", validateResource: (args, report) => report(String(args.props.text)) }`;
const PACK = `new PolicyPack("pack", { policies: [${POLICY}] });`;
const REQUIRE = `const { PolicyPack, validateResourceOfType } = require("@quillon/policy");`;

let count = 0;
const lay = (files: Record<string, string>) => layPack(root, `pack-${++count}`, files);
const RUNNERS = [
  ["our boot file", OUR_BOOT],
  ["Pulumi's runner", PULUMI_RUNNER],
] as const;

async function serving<T>(
  directory: string,
  runner: string,
  use: (peer: Peer, stderr: () => string, child: Started["child"]) => Promise<T>,
  node: string[] = [],
) {
  const started = await startPack(directory, runner, node);
  const peer = connect(started);
  try {
    return await use(peer, started.stderr, started.child);
  } finally {
    peer.stop();
  }
}

function analyzeRequest(fields: MessageInitShape<typeof AnalyzeRequestSchema>) {
  return toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, { options: {}, ...fields } as typeof fields));
}

async function ask(peer: Peer, props: object): Promise<string[]> {
  const answer = await peer.call("Analyze", analyzeRequest({ type: "t", properties: encodeStruct(props) }));
  if (answer.code !== 0) throw new Error(`${answer.code}: ${answer.details}`);
  return fromBinary(AnalyzeResponseSchema, answer.bytes).diagnostics.map(({ message }) => message);
}

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

test("the version is the package's", () => {
  expect(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version).toBe(version);
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

describe("what a pack writes to stdout while it loads", () => {
  const noisy = `console.log("loading");process.stdout.write("more\\n");${PACK}console.log("made");setImmediate(()=>console.log("soon"));`;

  test.each([
    [
      "before the import, under our boot file",
      `console.log("first");${REQUIRE}${noisy}`,
      OUR_BOOT,
      ["first", "loading", "more", "made"],
    ],
    ["after the import, under our boot file", `${REQUIRE}${noisy}`, OUR_BOOT, ["loading", "more", "made"]],
    ["after the import, under Pulumi's runner", `${REQUIRE}${noisy}`, PULUMI_RUNNER, ["loading", "more", "made"]],
  ])("%s, is told on stderr", async (_, code, runner, lines) => {
    await serving(lay({ "index.js": code }), runner, async (peer, stderr) => {
      expect(await ask(peer, { text: "x" })).toEqual(["d\nx"]);
      for (const line of lines) expect(stderr()).toContain(`${line}\n`);
    });
  });

  test("goes to stdout again once the port is out", async () => {
    const policy = `{ name: "p", description: "d", validateResource: () => console.log("from a policy") }`;
    const code = `${REQUIRE}console.log("loading");new PolicyPack("pack", { policies: [${policy}] });`;
    const started = await startPack(lay({ "index.js": code }), OUR_BOOT);
    const peer = connect(started);
    const line = new Promise((resolve) => started.child.stdout?.once("data", (data) => resolve(String(data))));
    await ask(peer, {});
    expect(await line).toBe("from a policy\n");
    peer.stop();
  });

  test("is left alone in a process that serves no pack", async () => {
    const { execFileSync } = await import("node:child_process");
    const directory = lay({ "index.js": `${REQUIRE}console.log("to stdout");` });
    expect(execFileSync(process.execPath, ["index.js"], { cwd: directory, encoding: "utf8" })).toBe("to stdout\n");
  });
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

describe("bad requests are answered, and the process lives", () => {
  const walk = `{ name: "walk", description: "d", validateResource: (args, report) => report(String(JSON.stringify(args.props).length)) }`;
  let peer: Peer;
  beforeAll(async () => {
    const code = `${REQUIRE}new PolicyPack("pack", { policies: [${POLICY}, ${walk}] });`;
    peer = connect(await startPack(lay({ "index.js": code }), OUR_BOOT));
  });
  afterAll(() => peer.stop());

  const nested = (levels: number) => {
    let value: object = { end: 1 };
    for (let level = 1; level < levels; level++) value = { x: value };
    return value;
  };

  test.each<[string, string, () => Uint8Array, object]>([
    ["random bytes", "Analyze", () => Uint8Array.from({ length: 99 }, (_, i) => (i * 37) % 256), { code: 3 }],
    [
      "properties that are not a Struct",
      "Analyze",
      () => analyzeRequest({ type: "t", properties: new Uint8Array([0xff]) }),
      { code: 2, details: /properties can't be read/ },
    ],
    [
      "no options",
      "Analyze",
      () => analyzeRequest({ type: "t", options: undefined as never }),
      { code: 2, details: /no resource options/ },
    ],
    [
      "no options, to remediate",
      "Remediate",
      () => analyzeRequest({ type: "t", options: undefined as never }),
      { code: 0 },
    ],
    [
      "a level there is not",
      "Configure",
      () => new Uint8Array([0x0a, 0x07, 0x0a, 0x01, 0x70, 0x12, 0x02, 0x08, 0x09]),
      { code: 2, details: /Unknown enforcement level 9/ },
    ],
    ["random bytes for a stack", "AnalyzeStack", () => new Uint8Array([0x0a, 0xff]), { code: 3 }],
  ])("%s", async (_, method, bytes, wanted) => {
    const answer = await peer.call(method, bytes());
    const { code, details } = wanted as { code: number; details?: RegExp };
    expect(answer.code).toBe(code);
    if (details) expect(answer.details).toMatch(details);
    expect(await ask(peer, { text: "alive" })).toContain("d\nalive");
  });

  test("a property 1,000 levels deep is answered", async () => {
    expect((await ask(peer, nested(1_000)))[1]).toBe("d\n6003");
  });

  test("lone surrogates come back as replacement characters", async () => {
    expect(await ask(peer, { text: "a\ud800b" })).toContain("d\na\ufffdb");
  });
});

test("Cancel answers what hangs, and the process lives", async () => {
  const hang = `{ name: "hang", description: "d", validateResource: (args) => args.name === "hang" && (console.error("hanging"), new Promise(() => {})) }`;
  await serving(
    lay({ "index.js": `${REQUIRE}new PolicyPack("pack", { policies: [${hang}, ${POLICY}] });` }),
    OUR_BOOT,
    async (peer, _, child) => {
      const hanging = new Promise((resolve) => child.stderr?.once("data", resolve));
      const answer = peer.call("Analyze", analyzeRequest({ type: "t", name: "hang" }));
      await hanging;
      await peer.call("Cancel", new Uint8Array());
      expect(await answer).toMatchObject({ code: 1, details: "The user cancelled." });
      expect(await ask(peer, { text: "alive" })).toEqual(["d\nalive"]);
    },
  );
});

test("a stack larger than the heap is refused by its size, and the process lives", async () => {
  const policy = `{ name: "s", description: "d", validateStack: () => {} }`;
  const code = `${REQUIRE}new PolicyPack("pack", { policies: [${POLICY}, ${policy}] });`;
  await serving(
    lay({ "index.js": code }),
    OUR_BOOT,
    async (peer) => {
      const properties = encodeStruct({ text: "x".repeat(1_000_000) });
      const resources = Array.from({ length: 40 }, () => ({ type: "t", properties, options: {} }));
      const request = toBinary(AnalyzeStackRequestSchema, create(AnalyzeStackRequestSchema, { resources }));
      const answer = await peer.call("AnalyzeStack", request);
      expect(answer.code).toBe(8);
      expect(answer.details).toMatch(/A request of 41 MB does not fit .* NODE_OPTIONS=--max-old-space-size/);
      expect(await ask(peer, { text: "alive" })).toEqual(["d\nalive"]);
    },
    // Node.js 24 adds 192 MB to this for new objects, and Node.js 20 adds 48 MB, unless the semi-space is given.
    ["--max-old-space-size=64", "--max-semi-space-size=16"],
  );
});

describe("a pack ends when its engine is killed", () => {
  const directly: [string, string, string[], string] = ["its parent", "node", [], "ignore"];
  const script: typeof directly = ["the parent of a shell script", "sh", ["-c", 'node "$@"; true', "sh"], "pipe"];

  describe.each(RUNNERS)("under %s", (_, runner) => {
    test.each([directly, script])("which is %s", async (_how, command, args, stdin) => {
      const spawned = JSON.stringify([command, [...args, runner, "127.0.0.1:1", "."]]);
      const engine = `require("node:child_process").spawn(...${spawned}, { stdio: ["${stdin}", "inherit", "inherit"] });`;
      const cwd = lay({ "index.js": `${REQUIRE}${PACK}` });
      const child = spawn(process.execPath, ["-e", engine], { cwd, stdio: ["ignore", "pipe", "pipe"] });
      const line = String((await once(child.stdout, "data"))[0]);
      const peer = connect({ line, child, stderr: () => "" });
      expect(await ask(peer, { text: "x" })).toEqual(["d\nx"]);
      // The pack holds the other end too: it closes when the last process that writes to it has ended.
      const ended = once(child.stderr.resume(), "end");
      child.kill("SIGKILL");
      await ended;
      peer.stop();
    });
  });

  test("but not when its stdin was closed before the engine asked anything", async () => {
    const code = `${REQUIRE}process.stdin.on("end", () => setImmediate(() => console.error("closed")));${PACK}`;
    await serving(lay({ "index.js": code }), OUR_BOOT, async (peer, _, child) => {
      child.stdin?.end();
      await once(child.stderr as Readable, "data");
      expect(await ask(peer, { text: "alive" })).toEqual(["d\nalive"]);
    });
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
