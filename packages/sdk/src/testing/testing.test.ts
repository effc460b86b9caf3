import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Policies,
  PolicyPack,
  type ResourceValidationPolicy,
  Secret,
  validateRemediateResourceOfType,
} from "../index.ts";
import {
  assertRemediated,
  assertSatisfied,
  assertSnapshot,
  assertUndetermined,
  assertViolated,
  loadPack,
  packOf,
  type ResourceLiteral,
  readStack,
  secret,
  toSnapshot,
  unknown,
  vary,
} from "./index.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const Bucket = Object.assign(function Bucket() {}, { __pulumiType: BUCKET }) as never as new (
  name: string,
  args: { acl?: string; tags?: Record<string, string> },
) => never;

const isPrivate: ResourceValidationPolicy = {
  name: "private",
  description: "Buckets are private.",
  enforcementLevel: "mandatory",
  severity: "high",
  ...validateRemediateResourceOfType(Bucket, (bucket, _, reportViolation) => {
    if (bucket.acl === "private") return;
    reportViolation({ message: "It is public.", path: "acl", suggestion: "Use `private`." });
    bucket.acl = "private";
    return bucket;
  }),
};

const maxAge: ResourceValidationPolicy = {
  name: "max-age",
  description: "Passwords are secret and expire.",
  configSchema: { properties: { days: { type: "integer", minimum: 1, default: 90 } }, required: ["days"] },
  validateResource: (args, reportViolation) => {
    const { days } = args.getConfig<{ days: number }>();
    if (args.props.age > days) reportViolation(`${args.props.age} > ${days}`);
    if (args.props.password && !args.isSecret?.("password"))
      reportViolation({ message: "In the clear.", path: "password" });
    if (args.stackTags.get("env") === "dev") args.notApplicable("Only production is checked.");
  },
};

const few: Policies[number] = {
  name: "few",
  description: "At most two buckets.",
  validateStack: ({ resources }, reportViolation) => {
    const buckets = resources.filter((resource) => resource.isType(Bucket));
    if (buckets.length > 2) reportViolation(`There are ${buckets.length}.`, buckets[0]?.urn);
  },
};

const bucket = (props: Record<string, unknown> = {}, name = "b"): ResourceLiteral => ({ type: BUCKET, name, props });

describe("of a verdict", () => {
  test("the violation has its parts", async () => {
    const verdict = await (await packOf([isPrivate])).analyze(bucket({ acl: "public-read" }));
    expect(verdict.violations).toEqual([
      {
        policy: "private",
        level: "mandatory",
        severity: "high",
        message: "It is public.\n  at: acl\n  fix: Use `private`.",
        path: "acl",
        suggestion: "Use `private`.",
      },
    ]);
    assertViolated(verdict, "private");
    assertViolated(verdict, "private", "public");
    assertViolated(verdict, "private", /public/);
    assertViolated(verdict, "private", { path: "acl", level: "mandatory" });
    expect(() => assertViolated(verdict, "private", "unrelated")).toThrow(/No violation of "private" fits/);
    expect(() => assertSatisfied(verdict, "private")).toThrow(/It reported: It is public/);
    expect(() => assertSatisfied(verdict)).toThrow();
    expect(() => assertUndetermined(verdict, "private")).toThrow(/read no unknown value/);
  });

  test("the lists name which policies are satisfied, undetermined and not applicable", async () => {
    const pack = await packOf([isPrivate, maxAge, few], { stackTags: { env: "dev" } });
    const verdict = await pack.analyze({ type: "other", props: { age: 1 } });
    expect(verdict).toMatchObject({
      violations: [],
      notApplicable: [
        { policy: "private", reason: `Policy only applies to resources of type '${BUCKET}'` },
        { policy: "max-age", reason: "Only production is checked." },
      ],
      satisfied: [],
    });
    expect(() => assertViolated(verdict, "private")).toThrow(/does not apply/);
    expect(() => assertViolated(verdict, "few")).toThrow(/did not run/);
    const undetermined = await pack.analyze(bucket({ acl: unknown(), age: unknown("number") }));
    assertUndetermined(undetermined, "private");
    assertUndetermined(undetermined, "max-age");
    expect(undetermined.undetermined[1]?.reason).toContain("number value at .age can't be known during preview");
    assertSatisfied(await pack.analyze(bucket({ acl: "private" })), "private");
  });

  test("nothing is left when a policy throws: the call rejects with the message that the user would see", async () => {
    const broken = { ...maxAge, name: "broken", validateResource: () => JSON.parse("{") };
    await expect((await packOf([broken])).analyze(bucket())).rejects.toThrow(
      /Error validating resource with policy 'broken' from policy pack 'test@v0\.0\.0-test':\nSyntaxError[\s\S]*Resource: urn:/,
    );
  });
});

test("a policy sees secrets as plain values, and isSecret knows them", async () => {
  const pack = await packOf([maxAge]);
  assertSatisfied(await pack.analyze(bucket({ password: secret("x") })), "max-age");
  assertViolated(await pack.analyze(bucket({ password: "x" })), "max-age", { path: "password" });
});

describe("when a resource is remediated", () => {
  const options = { config: { private: "remediate" as const } };

  test("the new inputs are returned, and their secrets are still secret", async () => {
    const pack = await packOf([isPrivate], options);
    const repair = await pack.remediate(
      bucket({ acl: "public-read", key: secret("k"), deep: [{ s: secret({ t: 1 }) }] }),
    );
    assertRemediated(repair, { acl: "private", key: secret("k"), deep: [{ s: secret({ t: 1 }) }] });
    expect(repair.remediations.map(({ policy }) => policy)).toEqual(["private"]);
    expect(() => assertRemediated(repair, { acl: "private" })).toThrow();
  });

  test("the inputs are returned unchanged if no policy changes them", async () => {
    const repair = await (await packOf([isPrivate], options)).remediate(bucket({ acl: "private" }));
    expect(repair).toEqual({ props: { acl: "private" }, remediations: [], undetermined: [], notApplicable: [] });
    expect(() => assertRemediated(repair, { acl: "private" })).toThrow(/No policy remediated/);
  });

  test("register remediates first, and runs the policies for the result", async () => {
    const pack = await packOf([isPrivate], options);
    const result = await pack.register(bucket({ acl: "public-read" }));
    assertRemediated(result, { acl: "private" });
    assertSatisfied(result, "private");
    const unsure = await pack.register(bucket({ acl: unknown() }));
    expect(unsure.undetermined).toHaveLength(2);
  });
});

describe("in a configuration", () => {
  const one: ResourceValidationPolicy = { ...maxAge, enforcementLevel: "advisory" };
  const level = async (config: Record<string, unknown>, initial?: Record<string, unknown>) => {
    const pack = await loadPack(() => new PolicyPack("p", { policies: [one] }, initial as never), {
      config: config as never,
    });
    const { violations } = await pack.analyze(bucket({ age: 1_000 }));
    return violations[0]?.level ?? "disabled";
  };

  test.each([
    [{}, undefined, "advisory"],
    [{}, { "max-age": "mandatory" }, "mandatory"],
    [{}, { all: "mandatory" }, "mandatory"],
    [{ all: "advisory" }, { "max-age": "mandatory" }, "advisory"],
    [{ "max-age": { enforcementLevel: "mandatory" }, all: "disabled" }, undefined, "mandatory"],
    [{ "max-age": "disabled" }, undefined, "disabled"],
    [{ all: "remediate" }, undefined, "mandatory"],
  ])("the configuration %j over the pack's own %j gives the level %s", async (config, initial, wanted) => {
    expect(await level(config, initial)).toBe(wanted);
  });

  test.each([
    [{ "max-age": { days: 0 } }, /validating policy config: test:\nmax-age: days: 0 is less than 1/],
    [{ "max-age": { days: "x" } }, /max-age: days: Instance type "string" is invalid/],
    [{ "max-agee": { days: 5 } }, /There is no policy "max-agee"/],
  ])("the configuration %j is refused", async (config, message) => {
    await expect(packOf([maxAge], { config })).rejects.toThrow(message);
  });

  test("defaults are filled in, and values that are set replace them", async () => {
    const pack = await packOf([maxAge]);
    assertViolated(await pack.analyze(bucket({ age: 91 })), "max-age", "91 > 90");
    await pack.configure({ "max-age": { days: 91 } });
    assertSatisfied(await pack.analyze(bucket({ age: 91 })), "max-age");
  });

  test("a required property without a default has to be set", async () => {
    const strict = {
      ...maxAge,
      configSchema: { properties: { days: { type: "integer" as const } }, required: ["days"] },
    };
    await expect(packOf([strict])).rejects.toThrow(/max-age: days is required/);
    await packOf([strict], { config: { "max-age": { days: 1 } } });
  });
});

describe("of a recorded stack", () => {
  const folder = mkdtempSync(join(tmpdir(), "quillon-recorded-"));
  const file = join(folder, "stack.json");
  const sig = "4dabf18193072939515e22adb298388d";
  const concealed = { [sig]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "AAA" };
  const shown = { ...concealed, plaintext: '"hunter2"' };
  const urn = (type: string, name: string) => `urn:pulumi:prod::shop::${type}::${name}`;
  const provider = urn("pulumi:providers:aws", "default");
  const resources = [
    { urn: urn("pulumi:pulumi:Stack", "shop-prod"), type: "pulumi:pulumi:Stack", custom: false },
    { urn: provider, type: "pulumi:providers:aws", custom: true, id: "1234", inputs: { region: "eu" } },
    ...["a", "b", "c"].map((name) => ({
      urn: urn(BUCKET, name),
      type: BUCKET,
      custom: true,
      inputs: { acl: name === "a" ? "public-read" : concealed, password: shown },
      outputs: { acl: "private", arn: name },
      provider: `${provider}::1234`,
      propertyDependencies: { acl: null },
    })),
    { urn: urn(BUCKET, "read"), type: BUCKET, external: true, inputs: { acl: "public-read" } },
    { urn: urn(BUCKET, "old"), type: BUCKET, delete: true, inputs: { acl: "public-read" } },
  ];
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }));

  test("each resource is analyzed with its inputs, and the stack with all outputs, as the engine does", async () => {
    const pack = await packOf([isPrivate, maxAge, few]);
    const { resources: verdicts, stack } = await pack.analyzeRecorded(await readStack(file));
    expect(verdicts.map(({ urn: one }) => one.split("::").at(-1))).toEqual(["shop-prod", "default", "a", "b", "c"]);
    assertViolated(verdicts[2] as never, "private");
    assertUndetermined(verdicts[3] as never, "private");
    assertSatisfied(verdicts[3] as never, "max-age");
    assertViolated(stack, "few", { urn: urn(BUCKET, "a"), message: "At most two buckets.\nThere are 3." });
  });

  test("policies see the providers", async () => {
    const regions = new Set<unknown>();
    const look: ResourceValidationPolicy = {
      name: "look",
      description: "d",
      validateResource: ({ provider }) => void regions.add(provider?.props.region),
    };
    await (await packOf([look])).analyzeRecorded(await readStack(file));
    expect(regions).toEqual(new Set([undefined, "eu"]));
  });

  test.each([
    ["no JSON", "{", /is not JSON.*pulumi stack export/],
    ["no export", '{"a": 1}', /holds no deployment/],
  ])("a file that is %s is refused", async (_, text, message) => {
    const path = join(folder, "bad.json");
    writeFileSync(path, text);
    await expect(readStack(path)).rejects.toThrow(message);
  });

  test("an export without resources has none", async () => {
    const path = join(folder, "empty.json");
    writeFileSync(path, '{"version":3,"deployment":{"manifest":{}}}');
    expect(await readStack(path)).toEqual({ resources: [] });
  });
});

test("each variation has one change, and the literal stays as it was", async () => {
  const literal = bucket({ acl: "public-read", tags: { owner: "me" }, sizes: [1, 2] });
  const before = structuredClone(literal);
  const variations = vary(literal);
  expect(literal).toEqual(before);
  expect(new Set(variations.map(({ change }) => change)).size).toBe(variations.length);
  expect(variations.map(({ change }) => change)).toEqual(
    expect.arrayContaining(["acl unknown", "tags.owner absent", "sizes.0 zero", "sizes twice", "acl empty"]),
  );
  for (const { resource } of variations) expect(resource).not.toEqual(literal);
  const pack = await packOf([isPrivate, maxAge]);
  for (const { resource } of variations) await pack.register(resource);
  expect(pack.coverage().neverUndetermined).toEqual(["max-age"]);
});

test("any literal reaches a policy as it was written", async () => {
  let seen: unknown;
  const look: ResourceValidationPolicy = {
    name: "look",
    description: "d",
    validateResource: ({ props }) => {
      seen = JSON.parse(JSON.stringify(props));
    },
  };
  const pack = await packOf([look]);
  const value = fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    fc.jsonValue({ maxDepth: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(value, async (props) => {
      fc.pre(!JSON.stringify(props).includes("__proto__"));
      await pack.analyze(bucket(props));
      expect(seen).toEqual(JSON.parse(JSON.stringify(props)));
    }),
    { numRuns: 200 },
  );
});

test("coverage names what no test has shown", async () => {
  const pack = await packOf([isPrivate, maxAge, few]);
  expect(pack.coverage()).toMatchObject({
    neverViolated: ["private", "max-age", "few"],
    neverSatisfied: ["private", "max-age", "few"],
    neverUndetermined: ["private", "max-age", "few"],
  });
  await pack.analyze(bucket({ acl: "public-read", age: unknown() }));
  await pack.analyzeStack([bucket()]);
  expect(pack.coverage()).toEqual({
    policies: {
      private: { violated: 1, satisfied: 0, undetermined: 0, notApplicable: 0 },
      "max-age": { violated: 0, satisfied: 0, undetermined: 1, notApplicable: 0 },
      few: { violated: 0, satisfied: 1, undetermined: 0, notApplicable: 0 },
    },
    neverViolated: ["max-age", "few"],
    neverSatisfied: ["private", "max-age"],
    neverUndetermined: ["private", "few"],
  });
});

describe("loading a module", () => {
  test("fails when it creates no pack or two packs", async () => {
    await expect(loadPack(() => {})).rejects.toThrow(/No PolicyPack was created/);
    const two = () => ["a", "b"].map((name) => new PolicyPack(name, { policies: [] }));
    await expect(loadPack(two)).rejects.toThrow(/Two packs were created, "a" and "b"/);
  });

  test("fails with the mistake in its pack", async () => {
    await expect(loadPack(() => new PolicyPack("p", { policies: [isPrivate, isPrivate] }))).rejects.toThrow(
      /Two policies are named "private"/,
    );
  });
});

test("a snapshot is always the same text, without the values of secrets", () => {
  expect(toSnapshot({ b: 1, a: new Secret("hunter2") })).toBe(
    '{\n  "a": {\n    "secret": "[secret]"\n  },\n  "b": 1\n}\n',
  );
  const file = join(mkdtempSync(join(tmpdir(), "quillon-snapshot-")), "deep/x.json");
  const { CI } = process.env;
  delete process.env.CI;
  assertSnapshot({ a: 1 }, file);
  expect(readFileSync(file, "utf8")).toContain('"a": 1');
  assertSnapshot({ a: 1 }, file);
  expect(() => assertSnapshot({ a: 2 }, file)).toThrow(/It differs from .*UPDATE_SNAPSHOTS/s);
  process.env.CI = "1";
  expect(() => assertSnapshot({ a: 2 }, `${file}.other`)).toThrow(/There is no snapshot/);
  if (CI === undefined) delete process.env.CI;
  else process.env.CI = CI;
});
