import { SECRET, SIGNATURE } from "@quillon/proto";
import { describe, expect, test } from "vitest";
import { call, remediating, remedyOf, reportOf, resource, secret, validating } from "./differential/one-policy.ts";
import type { ResourceValidationPolicy } from "./policy.ts";
import { Secret } from "./secret.ts";
import type { StackValidationArgs } from "./stack.ts";
import { packOf } from "./testing/index.ts";
import type { ReportViolation } from "./violation.ts";

// secrets/ has the whole rule.
describe("secrets stay secret, where the original makes them plain text,", () => {
  const given = { password: secret("hunter22"), pin: secret(12), list: [secret("ab")], host: "h" };
  test.each<[string, ResourceValidationPolicy["remediateResource"], object]>([
    ["when properties are spread", ({ props }) => ({ ...props, tags: {} }), { ...given, tags: {} }],
    ["when they are cloned", ({ props }) => JSON.parse(JSON.stringify(props)), given],
    ["in a list that is mapped", ({ props }) => ({ list: props.list.map((one: string) => one) }), { list: given.list }],
    ["under another key", ({ props }) => ({ other: props.password }), { other: given.password }],
    ["in a longer string", ({ props }) => ({ url: `//${props.password}@h` }), { url: secret("//hunter22@h") }],
  ])("%s", async (_, remediateResource, wanted) => {
    expect(await remedyOf(remediating(remediateResource), given)).toEqual([wanted]);
  });

  test("but short strings and other values that moved become plain, as there", async () => {
    const policy = remediating(({ props }) => ({ a: props.list[0], b: props.pin }));
    expect(await remedyOf(policy, given)).toEqual([{ a: "ab", b: 12 }]);
  });

  test("and the next policy sees what the one before wrote as a Secret as a plain value, too", async () => {
    const first = remediating(() => ({ password: new Secret("hunter22") }));
    const second = remediating(({ props }) => ({ ...props, length: props.password.length }));
    const { remediations, props } = await (
      await packOf([
        { ...first, name: "first" },
        { ...second, name: "second" },
      ])
    ).remediate(resource());
    expect(remediations).toHaveLength(2);
    expect(props).toEqual({ password: new Secret("hunter22"), length: 8 });
  });

  test.each<[string, ResourceValidationPolicy["validateResource"], string]>([
    ["a message", ({ props }, report) => report(`It is ${props.password}.`), "d\nIt is [secret]."],
    [
      "all parts of a violation",
      ({ props: { password: it } }, report) => report({ message: `m ${it}`, path: `p.${it}`, suggestion: `s ${it}` }),
      "m [secret]\n  at: p.[secret]\n  fix: s [secret]",
    ],
    ["a description", ({ props }, report) => report({ description: props.password }), "[secret]"],
    ["a provider's secret", ({ provider }, report) => report(provider?.props.token), "d\n[secret]"],
    ["what a message quotes as JSON", ({ props }, report) => report(JSON.stringify(props.list)), 'd\n["ab"]'],
  ])("what policies say is without them: %s", async (_, validateResource, wanted) => {
    const provider = { props: { token: new Secret("tok-1234") } };
    const literal = { ...resource({ password: new Secret("hunter22"), list: [new Secret("ab")] }), provider };
    const { violations } = await (await packOf([validating(validateResource)])).analyze(literal);
    expect(violations.map(({ message }) => message)).toEqual([wanted]);
  });

  test("so are the names that violations give, except those of policies", async () => {
    const pack = await packOf([
      validating(({ props }, report) => {
        report({ message: "x", name: props.password });
        report({ message: "x", name: "p" });
      }),
      { ...validating(({ props }, report) => report({ message: "x", name: props.other })), name: "other-1" },
    ]);
    const { violations } = await pack.analyze(
      resource({ password: new Secret("hunter22"), other: new Secret("other-1") }),
    );
    expect(violations.map(({ policy }) => policy)).toEqual(["[secret]", "p", "other-1"]);
  });

  test("so are the reasons why a policy does not apply", async () => {
    const pack = await packOf([validating(({ props, notApplicable }) => notApplicable(`${props.password}!`))]);
    const { notApplicable } = await pack.analyze(resource({ password: new Secret("hunter22") }));
    expect(notApplicable).toEqual([{ policy: "p", reason: "[secret]!" }]);
  });

  test("so are the errors of policies and remediations", async () => {
    const fail = ({ props }: { props: Record<string, any> }) => {
      throw new Error(`Not a good one: ${props.password}`);
    };
    for (const [policy, method] of [
      [validating(fail), "Analyze"],
      [remediating(fail), "Remediate"],
    ] as const) {
      await expect(call(policy, method, given)).rejects.toThrow(/Not a good one: \[secret\]\n/);
      await expect(call(policy, method, given)).rejects.not.toThrow(/hunter22/);
    }
  });

  test("so are the messages about a stack, whatever resource has the secret", async () => {
    const policy = {
      name: "s",
      description: "d",
      validateStack: ({ resources }: StackValidationArgs, report: ReportViolation) =>
        report(`${resources[1]?.props.a.b} ${resources[0]?.provider?.props.token}`),
    };
    const provider = { props: { token: new Secret("tok-1234") } };
    const stack = [{ ...resource(), provider }, resource({ a: new Secret({ b: "hunter22" }) })];
    const { violations } = await (await packOf([policy])).analyzeStack(stack);
    expect(violations.map(({ message }) => message)).toEqual(["d\n[secret] [secret]"]);
  });
});

describe("isSecret", () => {
  const secretive = {
    plain: 1,
    whole: { [SIGNATURE]: SECRET, value: { inner: [1] } },
    deep: {
      list: [{ a: 1 }, { a: { [SIGNATURE]: SECRET, value: null } }],
      "odd.key": { [SIGNATURE]: SECRET, value: "x" },
    },
  };
  test.each<[string | (string | number)[], boolean]>([
    ["plain", false],
    ["whole", true],
    ["whole.inner[0]", true],
    ["deep", false],
    ["deep.list[1].a", true],
    ["deep.list[0].a", false],
    ['deep["odd.key"]', true],
    [["deep", "list", 1, "a"], true],
    ["no.such.thing", false],
    ["", false],
  ])("%j: %s", async (path, wanted) => {
    const policy = validating((args, report) => report(String(args.isSecret?.(path))));
    expect(await reportOf(policy, secretive)).toEqual([`d\n${wanted}`]);
  });

  test("is there for the resources of a stack", async () => {
    const seen: boolean[] = [];
    const policy = {
      name: "s",
      description: "d",
      validateStack: (args: { resources: { isSecret(path: string): boolean }[] }) => {
        for (const one of args.resources) seen.push(one.isSecret("a"));
      },
    };
    const { secret } = await import("./testing/index.ts");
    await (await packOf([policy])).analyzeStack([resource({ a: secret(1) }), resource({ a: 1 })]);
    expect(seen).toEqual([true, false]);
  });
});
