import { create, toBinary } from "@bufbuild/protobuf";
import { EXCEPTIONS_ENTRY, type PassedException } from "@quillon/contract/passed-exceptions";
import { encodeStruct } from "@quillon/proto";
import {
  AnalyzeRequestSchema,
  AnalyzerStackConfigureRequestSchema,
  AnalyzeStackRequestSchema,
  ConfigureAnalyzerRequestSchema,
  type MethodHandler,
} from "@quillon/proto/grpc";
import {
  Call,
  definePack,
  interceptPacks,
  isResourcePolicy,
  isStackPolicy,
  loadService,
  type PackState,
  type Policies,
  type Policy,
  type PolicyPackConfig,
  resolveConfig,
} from "../core.ts";
import { readExceptions } from "../exceptions-read.ts";
import { toWireLevel } from "../levels.ts";
import { type Coverage, CoverageCount } from "./coverage.ts";
import { writeAtExit } from "./coverage-file.ts";
import { type Repair, readRepair, readVerdict, type Verdict } from "./outcome.ts";
import type { RecordedStack } from "./recorded.ts";
import { type ResourceLiteral, toMessage, urnOf } from "./resource.ts";

/** What a pack gets before its policies run, as it would get it from the engine. */
export interface TestOptions {
  /** The user's configuration: levels and properties by policy name. It is checked against the schemas, as the engine does. */
  config?: PolicyPackConfig;
  /** The tags of the stack. */
  stackTags?: Record<string, string>;
}

/** The verdict for one resource of a stack. */
export interface ResourceVerdict extends Verdict {
  /** The URN of the resource. */
  urn: string;
}

/**
 * Loads a pack for tests. The `PolicyPack` that the module creates is returned for tests instead of being served to an engine.
 *
 * @throws Error when the module does not create exactly one pack, or the pack has a mistake. What the module throws is thrown too.
 *
 * @param load Imports the pack's program, which must not have been imported before.
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
 * Makes a pack of the given policies, to test them without their own pack.
 *
 * @throws Error when a policy has a mistake.
 *
 * @example
 * const pack = await packOf([noPublicBuckets], { config: { "no-public-buckets": "mandatory" } });
 */
export function packOf(policies: Policies, options: TestOptions = {}): Promise<TestPack> {
  return testPackOf(definePack("test", { policies }, undefined, "0.0.0-test"), options);
}

/** The constructor is private, because authors get a `TestPack` from the two functions above. */
let testPackOf: (pack: PackState, options: TestOptions) => Promise<TestPack>;

type Service = ReadonlyMap<string, MethodHandler>;

/** A pack that is tested. Each call is encoded, and handled by the pack, as a call of the engine is. */
export class TestPack {
  readonly #pack: PackState;
  readonly #service: Service;
  readonly #coverage: CoverageCount;
  #config: PolicyPackConfig = {};
  #exceptions: Record<string, PassedException> = {};

  private constructor(pack: PackState, service: Service) {
    this.#pack = pack;
    this.#service = service;
    this.#coverage = new CoverageCount(pack.policies.map((policy) => policy.name));
  }

  static {
    testPackOf = async (pack, { config, stackTags = {} }) => {
      const { analyzerService } = await loadService();
      const test = new TestPack(pack, analyzerService(pack));
      await test.configure(config);
      const tags = create(AnalyzerStackConfigureRequestSchema, { tags: stackTags, dryRun: true });
      await test.#call("ConfigureStack", toBinary(AnalyzerStackConfigureRequestSchema, tags));
      writeAtExit(() => test.coverage());
      return test;
    };
  }

  /**
   * Replaces the user's configuration.
   *
   * @throws Error when it does not fit a schema.
   *
   * @example
   * await pack.configure({ "bucket-max-age": { maxAge: 30 } });
   */
  async configure(config: PolicyPackConfig = {}): Promise<void> {
    const entries = resolveConfig(this.#pack, config);
    this.#config = config;
    entries.set(EXCEPTIONS_ENTRY, { level: "advisory", properties: { exceptions: this.#exceptions } });
    const policyConfig = Object.fromEntries(
      [...entries].map(([name, { level, properties }]) => [
        name,
        { enforcementLevel: toWireLevel(level), properties: encodeStruct(properties) },
      ]),
    );
    const request = create(ConfigureAnalyzerRequestSchema, { policyConfig });
    await this.#call("Configure", toBinary(ConfigureAnalyzerRequestSchema, request));
  }

  /**
   * Replaces the exceptions, by id. A violation of a named policy at a named URN is advisory, and says which exception it is.
   *
   * @throws Error when an exception has a mistake.
   *
   * @example
   * const match = [{ policies: ["bucket-private"], targets: ["urn:pulumi:test::test::aws:s3/bucket:Bucket::logs"] }];
   * await pack.except({ "EXC-1": { reason: "It is a public website.", match } });
   */
  async except(exceptions: Record<string, PassedException> = {}): Promise<void> {
    const { problems } = readExceptions({ exceptions });
    if (problems.length > 0) throw new Error(problems.join("\n"));
    this.#exceptions = exceptions;
    await this.configure(this.#config);
  }

  /**
   * Runs every resource policy for one resource. Rejects when a policy throws, with the message that the user would see.
   *
   * @example
   * const { violations } = await pack.analyze({ type: "aws:s3/bucket:Bucket", props: { acl: "public-read" } });
   */
  async analyze(resource: ResourceLiteral): Promise<Verdict> {
    const answer = await this.#call("Analyze", await encodeRequest(resource));
    return this.#counted(answer, (policy) => isResourcePolicy(policy) && policy.validateResource !== undefined);
  }

  /**
   * Runs every policy of level `remediate` for one resource. Rejects when a policy throws.
   *
   * @example
   * const { props } = await pack.remediate({ type: "aws:s3/bucket:Bucket", props: { acl: "public-read" } });
   */
  async remediate(resource: ResourceLiteral): Promise<Repair> {
    return readRepair(await this.#call("Remediate", await encodeRequest(resource)), resource.props ?? {});
  }

  /**
   * Does what the engine does when a program registers a resource: remediates, then runs the policies for the remediated resource.
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
   * Runs every stack policy for these resources. Rejects when a policy throws.
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
   * Runs the policies for a recorded stack: for each resource with its inputs, then for the whole stack with its outputs.
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
   * Which results each policy has had in the calls so far, and which it never had.
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
