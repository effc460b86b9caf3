import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { create, toBinary } from "@bufbuild/protobuf";
import { encodeStruct } from "@quillon/proto";
import { AnalyzeStackRequestSchema } from "@quillon/proto/grpc";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secret } from "./differential/one-policy.ts";
import { analyzeRequest, ask, builtSdk, PACK, POLICY, REQUIRE, RUNNERS, serving } from "./differential/packs.ts";
import { connect, OUR_BOOT, type Peer, PULUMI_RUNNER, startPack } from "./differential/peers.ts";

const lay = builtSdk();

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

  test("or to stderr, without secrets", async () => {
    const policy = `{ name: "p", description: "d", validateResource: ({ props }) => { console.error(props); console.log(props.a); } }`;
    const code = `${REQUIRE}new PolicyPack("pack", { policies: [${policy}] });`;
    await serving(lay({ "index.js": code }), OUR_BOOT, async (peer, stderr, child) => {
      const line = new Promise((resolve) => child.stdout?.once("data", (data) => resolve(String(data))));
      await ask(peer, { a: secret("hunter22"), b: "plain" });
      expect(await line).toBe("[secret]\n");
      expect(stderr()).toBe("{ a: '[secret]', b: 'plain' }\n");
    });
  });

  test("is left alone in a process that serves no pack", async () => {
    const { execFileSync } = await import("node:child_process");
    const directory = lay({ "index.js": `${REQUIRE}console.log("to stdout");` });
    expect(execFileSync(process.execPath, ["index.js"], { cwd: directory, encoding: "utf8" })).toBe("to stdout\n");
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
    ["--max-old-space-size=64"],
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
