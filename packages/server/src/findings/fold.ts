import type { NamedException } from "@quillon/contract";

/** An engine event as it was sent, or what the contract's schema names of one. */
export type SentEvent = { sequence: number } & { [kind in EventKind]?: unknown };
export type EventKind =
  | "policyEvent"
  | "policyRemediationEvent"
  | "policyAnalyzeSummaryEvent"
  | "policyAnalyzeStackSummaryEvent"
  | "resourcePreEvent"
  | "resOutputsEvent"
  | "resOpFailedEvent";

interface OfPack {
  /** Of the event it was read from. */
  sequence: number;
  pack: string;
  /** The version, as the pack names it. Empty for a local pack without a version. */
  tag: string;
}

/** What one policy reported of one resource. */
export interface PolicyReport extends OfPack {
  /**
   * `violated`; `remediated`: the policy changed the resource's properties; `not-evaluated`: it needs a value that a preview
   * does not know.
   */
  kind: "violated" | "remediated" | "not-evaluated";
  policy: string;
  /** Empty when the engine named none. */
  urn: string;
  /** Empty for a remediation. */
  level: string;
  severity: string;
  message: string;
  /** Because of which the violation stopped nothing. Null for none. */
  exceptions: Pick<NamedException, "id" | "reason">[] | null;
}

/** How the policies of a pack ended for one resource, or for the whole stack. A policy that did not apply is in neither list. */
export interface PolicyAnalysis extends OfPack {
  /** Empty for the whole stack. */
  urn: string;
  passed: string[];
  failed: string[];
}

/** What happened to a resource. One resource may have several steps in one run. */
export interface ResourceStep {
  sequence: number;
  urn: string;
  /** Its URN before this run, if an alias gave it another one. */
  was: string | null;
  /**
   * What the program registered is `imported` or `unchanged` where the engine says so, else `registered`. The others say what
   * became of it.
   */
  kind: "registered" | "unchanged" | "imported" | "deployed" | "deleted" | "failed";
  /** The URN of its parent, if no provider manages the registered resource: it is a component, or a view of its parent. */
  parent: string | null;
}

/** What a run's engine events say of its policies. */
export interface Results {
  reports: PolicyReport[];
  analyses: PolicyAnalysis[];
  steps: ResourceStep[];
}

/** In characters. A longer message of a policy is cut. */
export const LONGEST_MESSAGE = 16_384;
/** In bytes. The names of a finding are in one index, whose rows have some 2,700 bytes. */
const LONGEST_NAME = 500;
/** In characters, of what else is one word. Levels and severities are in that index, too. */
const LONGEST_WORD = 200;
const LONGEST_LEVEL = 50;
/** Of one resource. The largest packs have some 5,000 policies. */
const MOST_POLICIES = 10_000;
/** Of one violation, and how long the reason of each may be, in characters. Those of the service are no longer. */
const MOST_EXCEPTIONS = 100;
const LONGEST_REASON = 2048;

/**
 * Reads what events say of policies and resources. Each event is read by itself, so batches may come in any order: the
 * results of all events are those of their parts together.
 *
 * An event that lacks what identifies it (a pack, a policy, a resource) has no result, and a name that is too long is none.
 */
export function fold(events: readonly SentEvent[]): Results {
  const results: Results = { reports: [], analyses: [], steps: [] };
  for (const event of events) {
    const { sequence } = event;
    const violated = fieldsOf(event.policyEvent);
    if (violated) add(results.reports, violationOf(sequence, violated));
    const remediated = fieldsOf(event.policyRemediationEvent);
    if (remediated) add(results.reports, reportOf(sequence, remediated, "remediated"));
    const analyzed = fieldsOf(event.policyAnalyzeSummaryEvent);
    if (analyzed && text(analyzed.resourceUrn)) add(results.analyses, analysisOf(sequence, analyzed));
    const stackAnalyzed = fieldsOf(event.policyAnalyzeStackSummaryEvent);
    if (stackAnalyzed) add(results.analyses, analysisOf(sequence, { ...stackAnalyzed, resourceUrn: "" }));
    add(results.steps, stepOf(sequence, event));
  }
  return results;
}

type Fields = Record<string, unknown>;

function packOf(sequence: number, fields: Fields): OfPack {
  return {
    sequence,
    pack: nameOf(fields.policyPackName),
    tag: word(fields.policyPackVersionTag) || word(fields.policyPackVersion),
  };
}

function reportOf(sequence: number, fields: Fields, kind: PolicyReport["kind"]): PolicyReport | undefined {
  const report: PolicyReport = {
    ...packOf(sequence, fields),
    kind,
    policy: nameOf(fields.policyName),
    urn: text(fields.resourceUrn),
    level: word(fields.enforcementLevel, LONGEST_LEVEL),
    severity: word(fields.severity, LONGEST_LEVEL),
    message: plainText(text(fields.message)),
    exceptions: exceptionsOf(fields.exceptions),
  };
  return report.pack && report.policy ? report : undefined;
}

function violationOf(sequence: number, fields: Fields): PolicyReport | undefined {
  const report = reportOf(sequence, fields, "violated");
  return report && saysNotEvaluated(report) ? { ...report, kind: "not-evaluated" } : report;
}

/**
 * In a preview, a policy that needs an unknown value is reported as an advisory violation with this text, by every SDK.
 * https://github.com/pulumi/pulumi-policy/blob/b66bae2b94aa8970753e4fe8dfc344760287020c/sdk/nodejs/policy/server.ts
 */
function saysNotEvaluated({ level, policy, message }: PolicyReport): boolean {
  return (
    level === "advisory" && message.startsWith(`can't run policy '${policy}'`) && / during preview: /.test(message)
  );
}

/** A policy event with another message, with which it says no less than before that its policy was not evaluated. */
export function withMessage(policyEvent: object, message: unknown): object {
  const before = reportOf(0, { ...policyEvent }, "violated");
  const masked = { ...policyEvent, message };
  const after = reportOf(0, masked, "violated");
  if (!before || !after || !saysNotEvaluated(before) || saysNotEvaluated(after)) return masked;
  return { ...masked, message: `can't run policy '${before.policy}' during preview: ${after.message}` };
}

function analysisOf(sequence: number, fields: Fields): PolicyAnalysis | undefined {
  const analysis = {
    ...packOf(sequence, fields),
    urn: text(fields.resourceUrn),
    passed: namesOf(fields.passed),
    failed: namesOf(fields.failed),
  };
  return analysis.pack ? analysis : undefined;
}

/** Steps that put what the program registered into the state. Refreshes, reads and deletions are none of them. */
const REGISTERING = new Set([
  "same",
  "create",
  "update",
  "replace",
  "create-replacement",
  "import",
  "import-replacement",
]);

function stepOf(sequence: number, event: SentEvent): ResourceStep | undefined {
  for (const [key, kind] of STEP_EVENTS) {
    const fields = fieldsOf(event[key]);
    const metadata = fieldsOf(fields?.metadata);
    const urn = text(metadata?.urn);
    if (!urn || (fields?.planning === true && kind !== "registered")) continue;
    const op = text(metadata?.op);
    const before = text(fieldsOf(metadata?.old)?.urn);
    const was = before && before !== urn ? before : null;
    if (kind === "registered" && REGISTERING.has(op))
      return { sequence, urn, was, kind: REGISTERED_AS.get(op) ?? kind, parent: parentOf(metadata) };
    if (REGISTERING.has(op)) return { sequence, urn, was, kind, parent: null };
    if (kind === "deployed" && removes(op, metadata))
      return { sequence, urn, was: null, kind: "deleted", parent: null };
  }
  return undefined;
}

/**
 * Whether a step takes a resource out of the state. `delete-replaced` does not, because it is the old half of a replacement. In an
 * update with `--refresh` a resource that is gone is a refresh without a new state:
 * https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/engine/update.go#L699
 */
function removes(op: string, metadata: Fields | undefined): boolean {
  return op === "delete" || op === "remove-pending-replace" || (op === "refresh" && !fieldsOf(metadata?.new));
}

const REGISTERED_AS = new Map<string, ResourceStep["kind"]>([
  ["same", "unchanged"],
  ["import", "imported"],
  ["import-replacement", "imported"],
]);

function parentOf(metadata: Fields | undefined): string | null {
  const state = fieldsOf(metadata?.new) ?? fieldsOf(metadata?.old);
  return state && state.custom !== true ? text(state.parent) : null;
}

const STEP_EVENTS = [
  ["resourcePreEvent", "registered"],
  ["resOutputsEvent", "deployed"],
  ["resOpFailedEvent", "failed"],
] as const;

function add<T>(list: T[], item: T | undefined): void {
  if (item) list.push(item);
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null ? (value as Fields) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? storable(value) : "";
}

/** PostgreSQL has neither U+0000 nor half a surrogate pair, and one of them would make it refuse the whole batch. */
function storable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "");
}

function word(value: unknown, longest = LONGEST_WORD): string {
  return storable(text(value).slice(0, longest));
}

function nameOf(value: unknown): string {
  const name = text(value);
  return Buffer.byteLength(name) > LONGEST_NAME ? "" : name;
}

function namesOf(value: unknown): string[] {
  const names = Array.isArray(value) ? value.slice(0, MOST_POLICIES).map(nameOf).filter(Boolean) : [];
  return [...new Set(names)];
}

function exceptionsOf(value: unknown): PolicyReport["exceptions"] {
  const named = (Array.isArray(value) ? value.slice(0, MOST_EXCEPTIONS) : [])
    .map(fieldsOf)
    .map((exception) => ({ id: word(exception?.id), reason: text(exception?.reason).slice(0, LONGEST_REASON) }))
    .filter(({ id }) => id !== "");
  return named.length > 0 ? named.map(({ id, reason }) => ({ id, reason: storable(reason) })) : null;
}

/**
 * A message without the engine's colour directives (`<{%fg 1%}>`), without control characters other than tabs and ends of
 * lines, and without spaces around it.
 */
export function plainText(message: string): string {
  const cut = message.slice(0, 2 * LONGEST_MESSAGE);
  const plain = cut
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(CONTROL, "")
    .trim();
  return plain.length > LONGEST_MESSAGE ? `${storable(plain.slice(0, LONGEST_MESSAGE))}…` : storable(plain);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
