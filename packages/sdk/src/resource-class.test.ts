import { ComponentResource, CustomResource, ProviderResource, StackReference } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import {
  type Policies,
  remediateResourceOfType,
  validateRemediateResourceOfType,
  validateResourceOfType,
  validateStackResourcesOfType,
} from "./index.ts";
import { classProblem } from "./resource-class.ts";
import { packOf } from "./testing/index.ts";

// The classes as Pulumi's generator writes them, and as people do.
class Bucket extends CustomResource {
  static readonly __pulumiType = "aws:s3/bucket:Bucket";
  static override isInstance(obj: any): obj is Bucket {
    return obj !== undefined && obj !== null && obj.__pulumiType === Bucket.__pulumiType;
  }
}
class Provider extends ProviderResource {
  static readonly __pulumiType = "aws";
  static override isInstance(obj: any): obj is Provider {
    return obj !== undefined && obj !== null && obj.__pulumiType === `pulumi:providers:${Provider.__pulumiType}`;
  }
}
class Component extends ComponentResource {}
class OnlyInstance extends CustomResource {
  static override isInstance(obj: any): obj is OnlyInstance {
    return obj?.__pulumiType === "my:index:Only";
  }
}
class MyBucket extends Bucket {}
class Failing extends CustomResource {
  static override isInstance(obj: any): obj is Failing {
    return obj.urn.promise().then();
  }
}

const BUCKET = "aws:s3/bucket:Bucket";
const PROVIDER = "pulumi:providers:aws";
const only = (type: string) => `Policy only applies to resources of type '${type}'`;

interface Recognized {
  /** A class of any kind, or a type token. */
  cls: any;
  type: string;
  other: string;
  reason: string;
}

const classes: [string, Recognized][] = [
  ["a generated class", { cls: Bucket, type: BUCKET, other: "aws:s3/bucket:Bucket2", reason: only(BUCKET) }],
  ["a class derived from one", { cls: MyBucket, type: BUCKET, other: PROVIDER, reason: only(BUCKET) }],
  ["a provider's class", { cls: Provider, type: PROVIDER, other: "pulumi:providers:azure", reason: only(PROVIDER) }],
  [
    "a class that tells by isInstance alone",
    {
      cls: OnlyInstance,
      type: "my:index:Only",
      other: BUCKET,
      reason: "Policy only applies to 'OnlyInstance' resources",
    },
  ],
  ["a type token", { cls: BUCKET, type: BUCKET, other: PROVIDER, reason: only(BUCKET) }],
  ["a provider's type token", { cls: PROVIDER, type: PROVIDER, other: "aws", reason: only(PROVIDER) }],
];

describe.each(classes)("%s stands for its resources", (_, { cls, type, other, reason }) => {
  const report = (text: string) => (_props: unknown, _args: unknown, report: (text: string) => void) => report(text);
  const policies: Policies = [
    { name: "validate", description: "d", validateResource: validateResourceOfType(cls, report("it")) },
    { name: "list", description: "d", validateResource: [validateResourceOfType(cls, report("it"))] },
    {
      name: "both",
      description: "d",
      enforcementLevel: "remediate",
      ...validateRemediateResourceOfType(cls, () => ({ changed: true })),
    },
    {
      name: "remediate",
      description: "d",
      enforcementLevel: "remediate",
      remediateResource: remediateResourceOfType(cls, () => ({ changed: true })),
    },
    {
      name: "ask",
      description: "d",
      validateResource: (args, report) => {
        if (args.isType(cls) && args.asType(cls)?.a === 1) report("it");
      },
    },
    {
      name: "stack",
      description: "d",
      validateStack: validateStackResourcesOfType(cls, (all, _, report) => report(`${all.length}`)),
    },
    {
      name: "ask-stack",
      description: "d",
      validateStack: ({ resources }, report) => {
        for (const one of resources) if (one.isType(cls) && one.asType(cls)) report("it");
      },
    },
  ];

  test("they are asked about", async () => {
    const pack = await packOf(policies);
    const { violations } = await pack.analyze({ type, props: { a: 1 } });
    expect(violations.map(({ policy }) => policy)).toEqual(["validate", "list", "ask"]);
    const { remediations } = await pack.remediate({ type });
    expect(remediations.map(({ policy }) => policy)).toEqual(["both", "remediate"]);
    const stack = await pack.analyzeStack([{ type }, { type: other }]);
    expect(stack.violations.map(({ policy }) => policy)).toEqual(["stack", "ask-stack"]);
  });

  test("and no others", async () => {
    const pack = await packOf(policies);
    const verdict = await pack.analyze({ type: other, props: { a: 1 } });
    expect(verdict.violations).toEqual([]);
    expect(verdict.notApplicable.slice(0, 3)).toEqual(
      ["validate", "list", "both"].map((policy) => ({ policy, reason })),
    );
    expect((await pack.remediate({ type: other })).remediations).toEqual([]);
    expect((await pack.analyzeStack([{ type: other }])).violations).toEqual([]);
  });
});

const never: [string, any, RegExp][] = [
  ["a class of one's own, without a token", Component, /the class Component carries no type token.* as a string/],
  ["a class of Pulumi without a token", StackReference, /the class StackReference carries no type token/],
  ["a base class", CustomResource, /the class CustomResource carries no type token/],
  ["a class that is no resource's", class Other {}, /the class Other carries no type token/],
  ["an empty text", "", /an empty text is not a type token/],
  ["nothing, as a name written wrongly gives", undefined, /undefined is not a resource class/],
  ["a number", 5, /5 is not a resource class/],
];

describe.each(never)("%s stands for nothing", (_, cls, problem) => {
  test.each<[string, object]>([
    ["validateResourceOfType", { validateResource: validateResourceOfType(cls, () => {}) }],
    ["one of a list", { validateResource: [() => {}, validateResourceOfType(cls, () => {})] }],
    ["remediateResourceOfType", { remediateResource: remediateResourceOfType(cls, () => {}) }],
    ["validateRemediateResourceOfType", validateRemediateResourceOfType(cls, () => {})],
    ["validateStackResourcesOfType", { validateStack: validateStackResourcesOfType(cls, () => {}) }],
  ])("a pack with %s is refused at its start, once", (_name, functions) => {
    const pack = () => packOf([{ name: "p", description: "d", ...functions } as Policies[number]]);
    expect(pack).toThrow(problem);
    expect(pack).toThrow(/^Policy "p" would never apply: [^\n]*$/);
  });

  test.each<[string, Policies[number]]>([
    ["isType", { name: "p", description: "d", validateResource: (args) => void args.isType(cls) }],
    ["asType", { name: "p", description: "d", validateResource: (args) => void args.asType(cls) }],
    [
      "a wrapped function",
      {
        name: "p",
        description: "d",
        validateResource: (args, report) => validateResourceOfType(cls, () => {})(args, report),
      },
    ],
  ])("%s fails", async (_name, policy) => {
    await expect((await packOf([policy])).analyze({ type: "t" })).rejects.toThrow(/policy 'p' from policy pack/);
  });
});

test("an isInstance that fails is left to fail when it is asked", async () => {
  expect(classProblem(Failing)).toBeUndefined();
  const policy = { name: "p", description: "d", validateResource: validateResourceOfType(Failing, () => {}) };
  await expect((await packOf([policy])).analyze({ type: "t" })).rejects.toThrow(/policy 'p' from policy pack/);
});
