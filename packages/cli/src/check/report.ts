import type { Report, ReportedPolicy, ReportedResult } from "@quillon/contract";
import { fixOf, ownMessage } from "@quillon/report";
import type { AuditedPack, AuditedResult } from "@quillon/runner/audit";
import type { CheckedPack, Exception } from "./pack.ts";

/**
 * What packs say of a state, as a report of one run.
 *
 * @param stack whose state it is, where something else than the state says so.
 */
export function reportOf(
  packs: readonly CheckedPack[],
  { organization = "", stack = stackIn(packs) }: { organization?: string; stack?: Report["stack"] } = {},
): Report {
  const each = packs.map((checked) => ({ ...checked, results: resultsOf(checked) }));
  const counts = { ...NONE };
  const reported = each.map(({ pack, from, results }) => {
    const policies = policiesOf(pack, results);
    for (const policy of policies) for (const key of KEYS) counts[key] += policy[key];
    return { name: pack.name, version: pack.version, required: from.required, policies };
  });
  return {
    organization,
    ...(stack && { stack }),
    update: { id: "", kind: "check", dryRun: false, version: 0, status: "succeeded", folder: "" },
    counts,
    leftOut: 0,
    packs: reported,
    results: each.flatMap(({ pack, results }) => withoutDescriptions(pack, results)).sort(byWorst),
  };
}

/** As the server's reports have them: the descriptions are in `packs`. */
function withoutDescriptions({ policies }: AuditedPack, results: readonly ReportedResult[]): ReportedResult[] {
  const descriptions = new Map(policies.map(({ name, description }) => [name, description]));
  return results.map((result) => ({
    ...result,
    message: ownMessage(result.message, descriptions.get(result.policy) ?? ""),
  }));
}

function stackIn([first]: readonly CheckedPack[]): Report["stack"] {
  return first?.pack.stack ? { project: first.pack.project, name: first.pack.stack } : undefined;
}

const NONE = { mandatory: 0, advisory: 0, accepted: 0, excepted: 0, remediated: 0, notEvaluated: 0, passed: 0 };
const KEYS = Object.keys(NONE) as (keyof typeof NONE)[];

function policiesOf(pack: AuditedPack, results: readonly ReportedResult[]): ReportedPolicy[] {
  const policies = new Map<string, ReportedPolicy>();
  for (const { name, description, severity, passed, ...said } of pack.policies)
    policies.set(name, { ...NONE, name, description, severity, passed, ...fixOf(said) });
  for (const result of results) {
    const policy = policies.get(result.policy) ?? { ...NONE, name: result.policy, description: "", severity: "" };
    policies.set(result.policy, policy);
    policy[kindOf(result)] += 1;
  }
  return [...policies.values()];
}

function kindOf({
  kind,
  level,
  exceptions,
}: ReportedResult): "mandatory" | "advisory" | "excepted" | "remediated" | "notEvaluated" {
  if (kind === "remediated") return "remediated";
  if (kind === "not-evaluated") return "notEvaluated";
  if (exceptions) return "excepted";
  return level === "mandatory" ? "mandatory" : "advisory";
}

export function resultsOf({ pack, from }: CheckedPack): ReportedResult[] {
  const severities = new Map(pack.policies.map(({ name, severity }) => [name, severity]));
  return pack.results.map((result) => {
    const exceptions = result.kind === "violated" ? excepting(result, from.exceptions) : [];
    return {
      kind: result.kind,
      project: pack.project,
      stack: pack.stack,
      pack: pack.name,
      version: pack.version,
      policy: result.policy,
      level: result.level,
      severity: result.severity || (severities.get(result.policy) ?? ""),
      urn: result.urn,
      message: result.message,
      ...(exceptions.length > 0 && { exceptions }),
    };
  });
}

function excepting({ policy, urn }: AuditedResult, exceptions: Record<string, Exception>) {
  return Object.entries(exceptions)
    .filter(([, { match }]) => match.some((one) => one.policies.includes(policy) && one.targets.includes(urn)))
    .map(([id, { reason, expiresAt }]) => ({ id, reason, ...(expiresAt && { expiresAt }) }));
}

const SEVERITIES = ["critical", "high", "medium", "low"];

export function byWorst(a: ReportedResult, b: ReportedResult): number {
  return rankOf(a) - rankOf(b);
}

/** What stops a run first, then by severity. */
function rankOf(result: ReportedResult): number {
  const severity = SEVERITIES.indexOf(result.severity);
  return RANKS[kindOf(result)] * 10 + (severity < 0 ? SEVERITIES.length : severity);
}

const RANKS = { mandatory: 0, advisory: 1, notEvaluated: 2, excepted: 3, remediated: 4 };
