import {
  AuditCount,
  type AuditedPack,
  type AuditedPolicy,
  type AuditJob,
  EnforcementLevel,
  encodeStruct,
  type PolicyInfo,
  PolicySeverity,
  PolicyType,
  type PropertyMap,
  readState,
  StateUnreadable,
  type WireResource,
} from "@quillon/proto";
import { Analyzer } from "./analyzer.ts";
import { AuditRefused } from "./audit-refused.ts";
import { resolveConfig } from "./config.ts";
import { PackFailed } from "./pack-failed.ts";
import { SecretStrings } from "./secret-strings.ts";

/** How many questions are open at once. */
const AT_ONCE = 16;

/** Asks a pack that serves its engine about every resource of a state, and then about all. */
export async function askPack(
  port: number,
  { job, text, seconds }: { job: AuditJob; text: string; seconds: number },
): Promise<{ pack: AuditedPack; mask: (text: string) => string }> {
  const state = stateOf(text, job);
  const secrets = new SecretStrings(state);
  const mask = (said: string) => secrets.mask(said);
  const analyzer = new Analyzer(port, { milliseconds: seconds * 1000 });
  try {
    const info = await analyzer.info();
    const configured = resolveConfig(info, job.config);
    const policyConfig = Object.fromEntries(
      [...configured].map(([name, { level, properties }]) => [
        name,
        { enforcementLevel: level, properties: encodeStruct(properties) },
      ]),
    );
    await analyzer.configure({ policyConfig });
    // SDKs older than tags do not have it.
    await analyzer.configureStack({ tags: job.stackTags }).catch(() => {});
    const levelOf = ({ name }: PolicyInfo) => configured.get(name)?.level;
    const enabled = info.policies.filter((policy) => levelOf(policy) !== EnforcementLevel.DISABLED);
    const described = enabled.map((policy) => ({ policy, audited: describe(policy, levelOf(policy)) }));
    const only = (type: PolicyType) =>
      described.filter(({ policy }) => policy.policyType === type).map(({ audited }) => audited);
    const ofResources = only(PolicyType.RESOURCE);
    const ofStack = only(PolicyType.STACK);
    const remediates = enabled.some((policy) => levelOf(policy) === EnforcementLevel.REMEDIATE);
    const counts = { resources: new AuditCount(ofResources), stack: new AuditCount(ofStack) };
    const resources = [...state.inputs()];
    for (let from = 0; from < resources.length; from += AT_ONCE) {
      const some = resources.slice(from, from + AT_ONCE);
      const answers = await Promise.all(
        some.map(async (resource) => {
          const request = messageOf(resource);
          const repairs = remediates ? (await analyzer.remediate(request)).remediations : [];
          return { urn: resource.urn, repairs, said: await analyzer.analyze(request) };
        }),
      );
      for (const { urn, repairs, said } of answers) {
        for (const { policyName, diagnostic, properties } of repairs)
          counts.resources.addRemediation({ policyName, diagnostic, changes: properties !== undefined }, urn);
        counts.resources.add(said, () => urn);
      }
    }
    const said = await analyzer.analyzeStack({ resources: state.outputs().map(stackMessageOf) });
    counts.stack.add(said, (urn) => (state.urns.has(urn) ? urn : state.rootUrn));
    for (const count of Object.values(counts)) count.finish();
    const { project, stack, urns } = state;
    const policies = described.map(({ audited }) => audited);
    const { name, version } = info;
    const results = [...counts.resources.results, ...counts.stack.results].map((result) => ({
      ...result,
      message: mask(result.message),
    }));
    return { pack: { name, version, project, stack, resources: urns.size, policies, results }, mask };
  } catch (error) {
    if (error instanceof AuditRefused) throw error;
    // grpc-js has the pack's own words in `details`.
    throw new PackFailed(mask((error as { details?: string }).details || (error as Error).message), { cause: error });
  } finally {
    analyzer.close();
  }
}

function stateOf(text: string, { secrets }: AuditJob) {
  try {
    return readState(text, secrets);
  } catch (error) {
    if (error instanceof StateUnreadable) throw new AuditRefused("state", error.message);
    throw error;
  }
}

const encoded = (properties: PropertyMap | undefined) => encodeStruct(properties?.decode() ?? {});

function messageOf({ type, urn, name, properties, options, provider }: WireResource) {
  return {
    type,
    urn,
    name,
    properties: encoded(properties),
    options: options && {
      ...options,
      ignoreChanges: [...options.ignoreChanges],
      aliases: [...options.aliases],
      additionalSecretOutputs: [...options.additionalSecretOutputs],
    },
    ...(provider && { provider: { ...provider, properties: encoded(provider.properties) } }),
  };
}

function stackMessageOf(resource: WireResource) {
  return {
    ...messageOf(resource),
    parent: resource.parent,
    dependencies: [...resource.dependencies],
    propertyDependencies: Object.fromEntries(
      resource.propertyDependencies.map(({ property, urns }) => [property, { urns: [...urns] }]),
    ),
  };
}

function describe(policy: PolicyInfo, level: EnforcementLevel | undefined): AuditedPolicy {
  const { name, description, severity, url, remediationSteps } = policy;
  return {
    name,
    description,
    severity: severity === PolicySeverity.UNSPECIFIED ? "" : PolicySeverity[severity].toLowerCase(),
    url,
    remediationSteps,
    level: level === EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
    passed: 0,
  };
}
