import { create, toBinary } from "@bufbuild/protobuf";
import {
  AnalyzeRequestSchema,
  AnalyzerStackConfigureRequestSchema,
  AnalyzeStackRequestSchema,
  ConfigureAnalyzerRequestSchema,
  encodeStruct,
} from "@quillon/proto";
import {
  analyzerService,
  Call,
  definePack,
  interceptPacks,
  isResourcePolicy,
  isStackPolicy,
  type PackState,
  type Policies,
  type Policy,
  type PolicyPackConfig,
} from "../core.ts";
import { toWireLevel } from "../levels.ts";
import { resolveConfig } from "./config.ts";
import { type Coverage, CoverageCount } from "./coverage.ts";
import { type Repair, readRepair, readVerdict, type Verdict } from "./outcome.ts";
import type { RecordedStack } from "./recorded.ts";
import { type ResourceLiteral, toMessage, urnOf } from "./resource.ts";

/** What a pack is told before it is asked, as the engine tells it. */
export interface TestOptions {
  /** What users set: levels and properties by policy name. Checked against the schemas, as the engine does. */
  config?: PolicyPackConfig;
  /** The tags of the stack. */
  stackTags?: Record<string, string>;
}

/** The verdict on one resource of a stack. */
export interface ResourceVerdict extends Verdict {
  /** The resource. */
  urn: string;
}

/**
 * Loads a pack for tests: the `PolicyPack` that the module creates is caught instead of served.
 *
 * @throws Error when it creates no pack, or one with a mistake in it; and what the module itself throws.
 *
 * @param load Imports the pack's program; it has not been imported before.
 * @example
 * const pack = await loadPack(() => import("./index.js"), { config: { all: "mandatory" } });
 */
export async function loadPack(load: () => unknown, options: TestOptions = {}): Promise<TestPack> {
  const packs: PackState[] = [];
  const stop = interceptPacks((pack) => packs.push(pack));
  try {
    await load();
  } finally {
    stop();
  }
  const [pack, another] = packs;
  if (!pack) throw new Error("No PolicyPack was created. Modules run once: was this one imported before?");
  if (another) throw new Error(`Two packs were created, "${pack.name}" and "${another.name}". A process may hold one.`);
  return testPackOf(pack, options);
}

/**
 * Makes a pack of single policies, to test them without their pack.
 *
 * @throws Error when there is a mistake in one.
 *
 * @example
 * const pack = await packOf([noPublicBuckets], { config: { "no-public-buckets": "mandatory" } });
 */
export function packOf(policies: Policies, options: TestOptions = {}): Promise<TestPack> {
  return testPackOf(definePack("test", { policies }, undefined, "0.0.0-test"), options);
}

/** Authors get a `TestPack` by the two functions above; what it is made of is nothing of theirs. */
let testPackOf: (pack: PackState, options: TestOptions) => Promise<TestPack>;

/** A pack under test. Every question goes through the bytes and the handlers that the engine's go through. */
export class TestPack {
  readonly #pack: PackState;
  readonly #service: ReturnType<typeof analyzerService>;
  readonly #coverage: CoverageCount;

  private constructor(pack: PackState) {
    this.#pack = pack;
    this.#service = analyzerService(pack);
    this.#coverage = new CoverageCount(pack.policies.map((policy) => policy.name));
  }

  static {
    testPackOf = async (pack, { config, stackTags = {} }) => {
      const test = new TestPack(pack);
      await test.configure(config);
      const tags = create(AnalyzerStackConfigureRequestSchema, { tags: stackTags, dryRun: true });
      await test.#call("ConfigureStack", toBinary(AnalyzerStackConfigureRequestSchema, tags));
      return test;
    };
  }

  /**
   * Replaces the users' configuration.
   *
   * @throws Error when it fails a schema.
   *
   * @example
   * await pack.configure({ "bucket-max-age": { maxAge: 30 } });
   */
  async configure(config: PolicyPackConfig = {}): Promise<void> {
    const policyConfig = Object.fromEntries(
      [...resolveConfig(this.#pack, config)].map(([name, { level, properties }]) => [
        name,
        { enforcementLevel: toWireLevel(level), properties: encodeStruct(properties) },
      ]),
    );
    const request = create(ConfigureAnalyzerRequestSchema, { policyConfig });
    await this.#call("Configure", toBinary(ConfigureAnalyzerRequestSchema, request));
  }

  /**
   * Asks every resource policy about one resource. Rejects when a policy throws, with what the user would be told.
   *
   * @example
   * const { violations } = await pack.analyze({ type: "aws:s3/bucket:Bucket", props: { acl: "public-read" } });
   */
  async analyze(resource: ResourceLiteral): Promise<Verdict> {
    const answer = await this.#call("Analyze", await encodeRequest(resource));
    return this.#counted(answer, (policy) => isResourcePolicy(policy) && policy.validateResource !== undefined);
  }

  /**
   * Lets every policy of level `remediate` repair one resource. Rejects when a policy throws.
   *
   * @example
   * const { props } = await pack.remediate({ type: "aws:s3/bucket:Bucket", props: { acl: "public-read" } });
   */
  async remediate(resource: ResourceLiteral): Promise<Repair> {
    return readRepair(await this.#call("Remediate", await encodeRequest(resource)), resource.props ?? {});
  }

  /**
   * Does what the engine does when a program registers a resource: remediates, then asks about what came of it.
   *
   * @example
   * const { props, violations } = await pack.register({ type: "aws:s3/bucket:Bucket", props: { acl: "public-read" } });
   */
  async register(resource: ResourceLiteral): Promise<Repair & Verdict> {
    const repair = await this.remediate(resource);
    const verdict = await this.analyze({ ...resource, props: repair.props });
    return {
      ...repair,
      ...verdict,
      undetermined: [...repair.undetermined, ...verdict.undetermined],
      notApplicable: [...repair.notApplicable, ...verdict.notApplicable],
    };
  }

  /**
   * Asks every stack policy about these resources. Rejects when a policy throws.
   *
   * @example
   * const { violations } = await pack.analyzeStack([bucket("a"), bucket("b")]);
   */
  async analyzeStack(resources: ResourceLiteral[]): Promise<Verdict> {
    const messages = await Promise.all(resources.map((one) => toMessage(one, one.outputs ?? one.props)));
    const request = create(AnalyzeStackRequestSchema, { resources: messages });
    return this.#counted(await this.#call("AnalyzeStack", toBinary(AnalyzeStackRequestSchema, request)), isStackPolicy);
  }

  /**
   * Asks about everything in a recorded stack: each resource by its inputs, then the stack by its outputs.
   *
   * @example
   * const { resources, stack } = await pack.analyzeRecorded(await readStack("production.json"));
   */
  async analyzeRecorded(recorded: RecordedStack): Promise<{ resources: ResourceVerdict[]; stack: Verdict }> {
    const resources: ResourceVerdict[] = [];
    for (const resource of recorded.resources)
      resources.push({ urn: urnOf(resource), ...(await this.analyze(resource)) });
    return { resources, stack: await this.analyzeStack(recorded.resources) };
  }

  /**
   * What the questions so far have shown of each policy, and what not.
   *
   * @example
   * after(() => assert.deepEqual(pack.coverage().neverViolated, []));
   */
  coverage(): Coverage {
    return this.#coverage.report();
  }

  #counted(answer: Uint8Array, isAsked: (policy: Policy) => boolean): Verdict {
    const asked = this.#pack.policies.filter((policy) => isAsked(policy) && this.#pack.level(policy) !== "disabled");
    const verdict = readVerdict(
      answer,
      asked.map((policy) => policy.name),
    );
    this.#coverage.add(verdict);
    return verdict;
  }

  #call(method: string, request: Uint8Array): Promise<Uint8Array> {
    const handler = this.#service.get(`/pulumirpc.Analyzer/${method}`);
    if (!handler) throw new Error(`No method ${method}.`);
    return handler(request, new Call());
  }
}

async function encodeRequest(resource: ResourceLiteral): Promise<Uint8Array> {
  const { type, urn, name, properties, options, provider } = await toMessage(resource);
  const fields = { type, urn, name, properties, options, ...(provider && { provider }) };
  return toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, fields as never));
}
