import { create, toBinary } from "@bufbuild/protobuf";
import { EXCEPTIONS_ENTRY } from "@quillon/contract/passed-exceptions";
import { Call, encodeStruct } from "@quillon/proto";
import { ConfigureAnalyzerRequestSchema } from "@quillon/proto/grpc";
import { afterEach, describe, expect, test, vi } from "vitest";
import { PackState } from "./definition.ts";
import { remediating, validating } from "./differential/one-policy.ts";
import type { Policies, Policy, StackValidationPolicy } from "./policy.ts";
import { analyzerService } from "./service.ts";
import { packOf, unknown } from "./testing/index.ts";

const urn = "urn:pulumi:test::test::t::resource";
const resource = { type: "t", urn };
const bad: Policy = { ...validating((_, report) => report("It is bad.")), enforcementLevel: "mandatory" };
const except = (policies: string[], targets: string[], more: object = {}) => ({
  reason: "It moves.",
  match: [{ policies, targets }],
  ...more,
});

const packWith = async (policies: Policies, exceptions: Record<string, ReturnType<typeof except>>) => {
  const pack = await packOf(policies);
  await pack.except(exceptions);
  return pack;
};

const sentence = "This violation does not fail the run: EXC-1 excepts it without an end (reason: It moves.).";

afterEach(() => vi.restoreAllMocks());

describe("a violation at the named policy and URN", () => {
  test("is advisory, and says by which exception, why and how long", async () => {
    const end = "2026-12-31T12:00:00Z";
    const pack = await packWith([bad], { "EXC-1": except(["p"], [urn], { reason: " It\n moves. ", expiresAt: end }) });
    const { violations } = await pack.analyze(resource);
    expect(violations).toEqual([
      {
        policy: "p",
        level: "advisory",
        message: `d\nIt is bad.\nThis violation does not fail the run: EXC-1 excepts it until ${end} (reason: It moves.).`,
      },
    ]);
  });

  test("names each exception once, EXC-2 before EXC-10", async () => {
    const twice = { reason: "r", match: [...except(["p"], [urn]).match, ...except(["p", "p"], [urn, urn]).match] };
    const pack = await packWith([bad], { "EXC-10": twice, "EXC-2": twice, "EXC-3": except(["other"], [urn]) });
    const [violation] = (await pack.analyze(resource)).violations;
    expect(violation?.message).toBe(
      "d\nIt is bad.\nThis violation does not fail the run: EXC-2 excepts it without an end (reason: r), and EXC-10 excepts it without an end (reason: r).",
    );
  });

  test("names the first five when there are more, so that its message stays short", async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`EXC-${at + 1}`, except(["p"], [urn])]));
    const pack = await packWith([bad], many);
    const [violation] = (await pack.analyze(resource)).violations;
    expect(violation?.message.match(/EXC-\d+/g)).toEqual(["EXC-1", "EXC-2", "EXC-3", "EXC-4", "EXC-5"]);
    expect(violation?.message).toMatch(/EXC-5 excepts it without an end \(reason: It moves\.\), and 995 more\.$/);
    expect((await pack.analyze(resource)).violations).toEqual([violation]);
  });

  test.each<[string, string, string]>([
    ["another policy", "q", urn],
    ["a policy in other case", "P", urn],
    ["a URN in other case", "p", urn.replace("resource", "Resource")],
    ["a URN with more", "p", `${urn} `],
    ["the resource's own name", "p", "urn:pulumi:test::test::t::other"],
    ["the same letter, written by other bytes", "p", "urn:pulumi:test::test::t::a\u0308"],
  ])("and of no other: %s", async (_, policy, target) => {
    const pack = await packWith([bad], { "EXC-1": except([policy], [target]) });
    for (const one of [resource, { type: "t", urn: "urn:pulumi:test::test::t::\u00e4" }]) {
      expect((await pack.analyze(one)).violations).toMatchObject([{ level: "mandatory", message: "d\nIt is bad." }]);
    }
  });

  test("is the policy's that it speaks for, at the resource whatever URN it names, as the engine sees it", async () => {
    const policy = validating((_, report) => report({ message: "m", name: "q", urn: "urn:x" }));
    const pack = await packWith([{ ...policy, enforcementLevel: "mandatory" }], { "EXC-1": except(["q"], [urn]) });
    expect((await pack.analyze(resource)).violations).toMatchObject([{ policy: "q", level: "advisory" }]);
    await pack.except({ "EXC-1": except(["p"], ["urn:pulumi:test::test::t::x", urn]) });
    expect((await pack.analyze(resource)).violations).toMatchObject([{ policy: "q", level: "mandatory" }]);
  });

  test("that is advisory says so too; a disabled policy stays silent", async () => {
    const advisory: Policy = { ...bad, name: "a", enforcementLevel: "advisory" };
    const disabled: Policy = { ...bad, name: "b", enforcementLevel: "disabled" };
    const pack = await packWith([advisory, disabled], { "EXC-1": except(["a", "b"], [urn]) });
    const { violations } = await pack.analyze(resource);
    expect(violations).toEqual([{ policy: "a", level: "advisory", message: `d\nIt is bad.\n${sentence}` }]);
  });

  test("that comes too late fails nothing either", async () => {
    let report = () => {};
    const late: Policy = {
      ...validating((_, say) => {
        report = () => say("late");
      }),
      enforcementLevel: "mandatory",
    };
    const pack = await packWith([late], { "EXC-1": except(["p"], [urn]) });
    await pack.analyze(resource);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    report();
    await pack.analyze(resource);
  });

  test("a policy that could not decide says only that", async () => {
    const pack = await packWith([validating(({ props }) => void props.size.length)], { "EXC-1": except(["p"], [urn]) });
    const { undetermined } = await pack.analyze({ ...resource, props: { size: unknown() } });
    expect(undetermined).toEqual([{ policy: "p", reason: expect.not.stringContaining("EXC-1") }]);
  });

  test("fails again when the exception is gone", async () => {
    const pack = await packWith([bad], { "EXC-1": except(["p"], [urn]) });
    await pack.except();
    expect((await pack.analyze(resource)).violations).toMatchObject([{ level: "mandatory" }]);
  });
});

describe("a stack policy's violation is at", () => {
  const root = "urn:pulumi:dev::a.b::pulumi:pulumi:Stack::a.b-dev";
  const there = "urn:pulumi:dev::a.b::t$t::child";
  const policy = (named?: string): StackValidationPolicy => ({
    name: "s",
    description: "d",
    enforcementLevel: "mandatory",
    validateStack: (_, report) => report("It is bad.", named),
  });

  test.each<[string, string | undefined, string]>([
    ["the resource that it names", there, there],
    ["the stack when it names none", undefined, root],
    ["the stack when it names a resource that is not in the stack", `${there}2`, root],
    ["the stack when it names the stack", root, root],
  ])("%s", async (_, named, target) => {
    const resources = [{ type: "t", urn: there }];
    const pack = await packWith([policy(named)], { "EXC-1": except(["s"], [target]) });
    expect((await pack.analyzeStack(resources)).violations).toMatchObject([
      { level: "advisory", message: `d\nIt is bad.\n${sentence}` },
    ]);
    for (const other of [there, `${there}2`, root].filter((one) => one !== target)) {
      await pack.except({ "EXC-1": except(["s"], [other]) });
      expect((await pack.analyzeStack(resources)).violations).toMatchObject([{ level: "mandatory" }]);
    }
  });

  test("nothing in a stack without resources", async () => {
    const pack = await packWith([policy()], { "EXC-1": except(["s"], [root]) });
    expect((await pack.analyzeStack([])).violations).toMatchObject([{ level: "mandatory" }]);
  });
});

describe("a remediating policy", () => {
  const remedy: Policy = remediating(({ props }) => (props.size > 1 ? { ...props, size: 1 } : undefined));
  const both: Policy = {
    ...remedy,
    ...validating(({ props }, report) => {
      if (props.size > 1) report("Too large.");
    }),
  };
  const large = { ...resource, props: { size: 2 } };
  const exceptions = { "EXC-1": except(["p"], [urn]) };

  test("leaves the resource, and its validation reports it", async () => {
    const pack = await packWith([both], exceptions);
    const { props, remediations, notApplicable, violations } = await pack.register(large);
    expect({ props, remediations }).toEqual({ props: { size: 2 }, remediations: [] });
    const reason = "It is not remediated: EXC-1 excepts it without an end (reason: It moves.).";
    expect(notApplicable).toEqual([{ policy: "p", reason }]);
    expect(violations).toEqual([{ policy: "p", level: "advisory", message: `d\nToo large.\n${sentence}` }]);
  });

  test("without a validation says that it left the resource, and nothing when it would", async () => {
    const pack = await packWith([remedy], exceptions);
    const repair = await pack.remediate(large);
    const left = "d\nIt is not remediated: EXC-1 excepts it without an end (reason: It moves.).";
    expect(repair).toMatchObject({
      props: { size: 2 },
      remediations: [],
      notApplicable: [{ policy: "p", reason: left }],
    });
    expect(await pack.remediate({ ...resource, props: { size: 1 } })).toMatchObject({ notApplicable: [] });
  });

  test("that is not named repairs what another one left", async () => {
    const named: Policy = { ...remediating(({ props }) => Object.assign(props, { size: 7 })), name: "named" };
    const pack = await packWith([named, remedy], { "EXC-1": except(["named"], [urn]) });
    const { props, remediations } = await pack.remediate(large);
    expect({ props, by: remediations.map(({ policy }) => policy) }).toEqual({ props: { size: 1 }, by: ["p"] });
  });
});

describe("exceptions with a mistake", () => {
  test("from the engine are dropped with a warning, and the others hold", async () => {
    const state = new PackState("pack", "1.0.0", { policies: [bad] });
    const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const properties = encodeStruct({ exceptions: { "EXC-1": except(["p"], []), "EXC-2": except(["p"], [urn]) } });
    const request = create(ConfigureAnalyzerRequestSchema, { policyConfig: { [EXCEPTIONS_ENTRY]: { properties } } });
    const configure = analyzerService(state).get("/pulumirpc.Analyzer/Configure");
    await configure?.(toBinary(ConfigureAnalyzerRequestSchema, request), new Call());
    expect(state.exceptions.excepting("p", urn)).toBe("EXC-2 excepts it without an end (reason: It moves.)");
    expect(told).toHaveBeenCalledExactlyOnceWith(
      'warning: Policy exception "EXC-1" is ignored, so what it names still fails: match[0]: "targets" must be a list with at least one item.\n',
    );
  });

  test("are an error in a test", async () => {
    const pack = await packOf([bad]);
    await expect(pack.except({ "EXC-1": except(["all"], [urn]) })).rejects.toThrow('"all", which is not the name');
  });

  test("can't come from the pack itself", async () => {
    const { definePack } = await import("./pack.ts");
    const own = { [EXCEPTIONS_ENTRY]: { exceptions: {} } };
    expect(() => definePack("pack", { policies: [bad] }, own, "1.0.0")).toThrow(
      'A pack can\'t except its own violations: its configuration has "quillon:exceptions".',
    );
  });
});
