import { isAscii } from "node:buffer";
import { readFileSync, writeSync } from "node:fs";
import {
  AuditCount,
  type AuditedPack,
  type AuditedPolicy,
  type AuditJob,
  Call,
  type ExportedState,
  readState,
  SECRET,
  StateUnreadable,
} from "@quillon/proto";
import { analyze } from "./analyze.ts";
import { analyzeStack } from "./analyze-stack.ts";
import { resolveConfig } from "./config.ts";
import { freezeMap, type PackState, type PolicyPackConfig } from "./definition.ts";
import { isResourcePolicy, isStackPolicy, type Policy } from "./policy.ts";
import { remediate } from "./remediate.ts";
import { beginMasking, endMasking } from "./secrets/printed.ts";

/** What is wrong when a pack has no answer: the state, the configuration, or a policy that failed. */
type Problem = { kind: "state" | "config" | "policy"; message: string };

/** Reads the job from stdin, and the state from there or from its file, answers, and ends the process. */
export async function audit(pack: PackState, answerTo: number): Promise<void> {
  // The pack's program may create its pack before it is loaded to its end.
  await new Promise((resolve) => setImmediate(resolve));
  const input = readFileSync(0);
  const end = input.indexOf("\n");
  const job = JSON.parse(input.toString("utf8", 0, end)) as AuditJob;
  const text = textOf(job.file === undefined ? input.subarray(end + 1) : readFileSync(job.file));
  const answer = await answerOf(pack, job, text);
  writeWhole(answerTo, Buffer.from(JSON.stringify(answer)));
  process.exit(0);
}

/** Most states are ASCII, which need not be decoded: that takes three times as long as to read them. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
}

async function answerOf(
  pack: PackState,
  job: AuditJob,
  text: string,
): Promise<{ pack: AuditedPack } | { problem: Problem }> {
  const problem = (kind: Problem["kind"], { message }: Error) => ({ problem: { kind, message } });
  try {
    pack.config = resolveConfig(pack, job.config as PolicyPackConfig);
  } catch (error) {
    return problem("config", error as Error);
  }
  pack.stackTags = freezeMap(new Map(Object.entries(job.stackTags).sort()));
  try {
    return { pack: await auditState(pack, readState(text, job.secrets), text.includes(SECRET)) };
  } catch (error) {
    return problem(error instanceof StateUnreadable ? "state" : "policy", error as Error);
  }
}

/**
 * Runs every policy on a state, as the engine's `policy analyze` does.
 *
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/deploy/analyze_snapshot.go
 *
 * @throws `RpcError` when a policy fails.
 */
async function auditState(pack: PackState, state: ExportedState, hasSecrets: boolean): Promise<AuditedPack> {
  const enabled = pack.policies.filter((policy) => pack.level(policy) !== "disabled");
  const described = new Map(enabled.map((policy) => [policy, describe(pack, policy)]));
  const listed = (policies: Policy[]) => policies.map((policy) => described.get(policy) as AuditedPolicy);
  const ofResources = listed(enabled.filter((policy) => isResourcePolicy(policy) && policy.validateResource));
  const ofStack = listed(enabled.filter(isStackPolicy));
  const counts = { resources: new AuditCount(ofResources), stack: new AuditCount(ofStack) };
  const remediates = enabled.some((policy) => pack.level(policy) === "remediate" && isResourcePolicy(policy));
  for (const resource of state.inputs()) {
    if (remediates) {
      const { remediations = [] } = await masked(hasSecrets, (call) => remediate(pack, resource, call));
      for (const { policyName, diagnostic } of remediations)
        counts.resources.addRemediation({ policyName, diagnostic, changes: true }, resource.urn);
    }
    if (ofResources.length > 0)
      counts.resources.add(await masked(hasSecrets, (call) => analyze(pack, resource, call)), () => resource.urn);
  }
  if (ofStack.length > 0) {
    const shownAt = (urn: string) => (state.urns.has(urn) ? urn : state.rootUrn);
    counts.stack.add(await masked(hasSecrets, (call) => analyzeStack(pack, state.outputs(), call)), shownAt);
  }
  for (const count of Object.values(counts)) count.finish();
  pack.check();
  const { name, version } = pack;
  const { project, stack, urns } = state;
  const policies = [...described.values()];
  const results = [...counts.resources.results, ...counts.stack.results];
  return { name, version, project, stack, resources: urns.size, policies, results };
}

/** What policies print while they run is without the secrets that they were shown. */
function masked<T>(hasSecrets: boolean, ask: (call: Call) => Promise<T>): Promise<T> {
  const call = new Call();
  return hasSecrets ? maskedDuring(call, ask) : ask(call);
}

async function maskedDuring<T>(call: Call, ask: (call: Call) => Promise<T>): Promise<T> {
  beginMasking(call);
  try {
    return await ask(call);
  } finally {
    endMasking(call);
  }
}

function describe(pack: PackState, policy: Policy): AuditedPolicy {
  const { name, description = "", severity = "", url = "", remediationSteps = "" } = policy;
  const level = pack.level(policy) === "remediate" ? "mandatory" : pack.level(policy);
  return { name, description, severity, url, remediationSteps, level, passed: 0 };
}

/** A pipe takes as much as it has room for. */
function writeWhole(to: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(to, bytes, done);
}
