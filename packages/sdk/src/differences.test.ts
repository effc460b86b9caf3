// Where this SDK differs from @pulumi/policy on purpose; the files `*.differences.test.ts` have two subjects of their own.
// The differential test leaves these cases out, and README.md lists them. Each was a crash, a hang or a broken message of
// the original.

import { createRequire } from "node:module";
import { create, toBinary } from "@bufbuild/protobuf";
import { Call } from "@quillon/proto";
import { AnalyzeRequestSchema, ConfigureAnalyzerRequestSchema } from "@quillon/proto/grpc";
import { describe, expect, test } from "vitest";
import { PackState } from "./definition.ts";
import {
  archive,
  asset,
  call,
  remediating,
  remedyOf,
  reportOf,
  secret,
  validating,
} from "./differential/one-policy.ts";
import { analyzerService } from "./service.ts";

test("properties without unknowns are plain objects: they can be cloned and compared", async () => {
  const policy = validating(({ props }, report) => {
    const { tags } = structuredClone(props);
    report(`${tags.owner} ${[props.tags].includes(props.tags)}`);
  });
  expect(await reportOf(policy, { tags: { owner: "me" } })).toEqual(["d\nme true"]);
});

describe("assets", () => {
  const members = { "a.txt": asset({ text: "x" }), inner: archive({ path: "./d" }) };

  test("an archive of assets survives a remediation", async () => {
    expect(
      await remedyOf(
        remediating((args) => args.props),
        { all: archive({ assets: members }) },
      ),
    ).toEqual([{ all: archive({ assets: members }) }]);
  });

  test("an empty text is a text", async () => {
    expect(
      await remedyOf(
        remediating((args) => args.props),
        { file: asset({ text: "" }) },
      ),
    ).toEqual([{ file: asset({ text: "" }) }]);
  });

  test("their content can be awaited", async () => {
    const policy = validating(async (args, report) => report(await args.props.file.path));
    expect(await reportOf(policy, { file: asset({ path: "./x" }) })).toEqual(["d\n./x"]);
  });

  test("are of the pack's own classes once it has loaded @pulumi/pulumi, and look alike before", async () => {
    const look = validating(({ props }, report) =>
      report(`${props.file.__pulumiAsset} ${props.file.constructor.name}`),
    );
    expect(await reportOf(look, { file: asset({ uri: "u" }) })).toEqual(["d\ntrue RemoteAsset"]);
    const pulumi = createRequire(import.meta.url)("@pulumi/pulumi");
    const check = validating(({ props }, report) => report(String(props.file instanceof pulumi.asset.RemoteAsset)));
    expect(await reportOf(check, { file: asset({ uri: "u" }) })).toEqual(["d\ntrue"]);
    const members = validating(({ props }, report) => report(String(pulumi.asset.Archive.isInstance(props.all))));
    expect(await reportOf(members, { all: archive({ assets: {} }) })).toEqual(["d\ntrue"]);
  });

  test("of another copy of @pulumi/pulumi are known when they are returned", async () => {
    class FileAsset {
      readonly __pulumiAsset = true;
      readonly path = Promise.resolve("./other");
    }
    expect(
      await remedyOf(
        remediating(() => ({ file: new FileAsset() })),
        {},
      ),
    ).toEqual([{ file: asset({ path: "./other" }) }]);
  });
});

describe("violations", () => {
  test("of level `disabled` are not sent: the engine would crash", async () => {
    expect(
      await reportOf(
        validating((_, report) => report({ message: "x", enforcementLevel: "disabled" })),
        {},
      ),
    ).toEqual([]);
  });

  test("of an unknown level fail the request instead of leaving it without an answer", async () => {
    const policy = validating((_, report) => report({ message: "x", enforcementLevel: "strict" as never }));
    await expect(call(policy, "Analyze", {})).rejects.toThrow(/Unknown enforcement level 'strict'/);
  });

  test("carry path and suggestion", async () => {
    const policy = validating((_, report) => report({ message: "m", path: "a.b", suggestion: "s" }));
    expect(await reportOf(policy, {})).toEqual(["m\n  at: a.b\n  fix: s"]);
  });
});

describe("remediations", () => {
  test("may use the methods of lists", async () => {
    const policy = remediating(({ props }) => ({ list: props.list.map((one: number) => one + 1) }));
    expect(await remedyOf(policy, { list: [1, secret(2)] })).toEqual([{ list: [2, secret(3)] }]);
  });

  test("that fail on what they return say so, and which resource it was", async () => {
    const output = { __pulumiOutput: true };
    await expect(
      call(
        remediating(() => ({ output })),
        "Remediate",
        {},
      ),
    ).rejects.toThrow(
      /^Error remediating resource with remediation 'p' from policy pack 'pack@v1\.0\.0':\nError: Serializing output values/,
    );
  });

  test("of a broken resource get an error, not silence", async () => {
    await expect(
      call(
        remediating(() => undefined),
        "Remediate",
        { file: asset({}) },
      ),
    ).rejects.toThrow(/Invalid asset/);
  });
});

test("isType fails, and does not answer undefined, for a class that no resource can be recognized by", async () => {
  class Other {}
  const policy = validating((args) => void args.isType(Other as never));
  await expect(call(policy, "Analyze", {})).rejects.toThrow(/The class Other carries no type token/);
});

test("a key named __proto__ is a key", async () => {
  const policy = validating(({ props }, report) => report(`${Object.keys(props.map)} ${props.map.polluted}`));
  expect(await reportOf(policy, { map: JSON.parse('{"__proto__": {"polluted": true}}') })).toEqual([
    "d\n__proto__ undefined",
  ]);
});

test("an entry of configuration without properties is one", async () => {
  const pack = new PackState("pack", "1.0.0", { policies: [] });
  const request = create(ConfigureAnalyzerRequestSchema, { policyConfig: { p: { enforcementLevel: 1 } } });
  const bytes = toBinary(ConfigureAnalyzerRequestSchema, request);
  await analyzerService(pack).get("/pulumirpc.Analyzer/Configure")?.(bytes, new Call());
  expect(pack.config.get("p")).toEqual({ level: "mandatory", properties: {} });
});

describe("cancel", () => {
  test("ends what is running before the next policy", async () => {
    let second = 0;
    let cancel = async () => {};
    const first = { ...validating(() => cancel()), name: "first" };
    const pack = new PackState("pack", "1.0.0", { policies: [first, validating(() => void second++)] });
    const service = analyzerService(pack);
    cancel = async () => void (await service.get("/pulumirpc.Analyzer/Cancel")?.(new Uint8Array(), new Call()));
    const bytes = toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, { type: "t", options: {} as never }));
    await expect(service.get("/pulumirpc.Analyzer/Analyze")?.(bytes, new Call())).rejects.toThrow(/The user cancelled/);
    expect(second).toBe(0);
  });
});
