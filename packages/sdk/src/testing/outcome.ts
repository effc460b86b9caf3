import { fromBinary } from "@bufbuild/protobuf";
import {
  type AnalyzeDiagnostic,
  AnalyzeResponseSchema,
  ARCHIVE,
  ASSET,
  decodeStruct,
  PolicySeverity,
  RemediateResponseSchema,
  SECRET,
  SIGNATURE,
} from "@quillon/proto";
import { type EnforcementLevel, Secret, type Severity } from "../core.ts";
import { fromWireLevel, SEVERITIES } from "../levels.ts";

/** A violation, as the engine would show it. */
export interface ReportedViolation {
  /** The policy's name. */
  policy: string;
  /** What it does to the update. */
  level: EnforcementLevel;
  /** The whole text: the policy's description, what was reported, path and suggestion. */
  message: string;
  /** How bad it is; absent when neither policy nor violation says. */
  severity?: Severity;
  /** The resource, where one was named. */
  urn?: string;
  /** The property at fault, where one was named. */
  path?: string;
  /** What to do, where something was suggested. */
  suggestion?: string;
}

/** A policy that did not come to a verdict, and why. */
export interface Unanswered {
  /** The policy's name. */
  policy: string;
  /** Why. */
  reason: string;
}

/** What the policies say of one resource, or of one stack. Each that ran is in one of the four lists. */
export interface Verdict {
  /** What was reported, in the order in which it was. */
  violations: ReportedViolation[];
  /** Policies that read a value nobody knows yet. */
  undetermined: Unanswered[];
  /** Policies that do not apply. */
  notApplicable: Unanswered[];
  /** Policies that ran and had nothing to report. */
  satisfied: string[];
}

/** What the policies of level `remediate` make of one resource. */
export interface Repair {
  /** The inputs afterwards, those of the literal when nothing was repaired. Secrets are `Secret`s, as in the literal. */
  props: Record<string, any>;
  /** The policies that repaired something, in order, each with the inputs it returned. */
  remediations: { policy: string; props: Record<string, any> }[];
  /** Policies that read a value nobody knows yet. */
  undetermined: Unanswered[];
  /** Policies that do not apply. */
  notApplicable: Unanswered[];
}

/** @param ran The policies that were asked. */
export function readVerdict(bytes: Uint8Array, ran: string[]): Verdict {
  const { diagnostics, notApplicable } = fromBinary(AnalyzeResponseSchema, bytes);
  const undetermined = diagnostics.filter(isUndetermined);
  const violations = diagnostics.filter((diagnostic) => !isUndetermined(diagnostic));
  const spoken = new Set([...diagnostics, ...notApplicable].map(({ policyName }) => policyName));
  return {
    violations: violations.map(readViolation),
    undetermined: undetermined.map(({ policyName, message }) => ({ policy: policyName, reason: message })),
    notApplicable: notApplicable.map(({ policyName, reason }) => ({ policy: policyName, reason })),
    satisfied: ran.filter((name) => !spoken.has(name)),
  };
}

export function readRepair(bytes: Uint8Array, before: Record<string, any>): Repair {
  const { remediations, notApplicable } = fromBinary(RemediateResponseSchema, bytes);
  const done = remediations
    .filter(({ diagnostic }) => !diagnostic)
    .map(({ policyName, properties }) => ({
      policy: policyName,
      props: decodeStruct(properties ?? new Uint8Array(), revive),
    }));
  return {
    props: done.at(-1)?.props ?? before,
    remediations: done,
    undetermined: remediations
      .filter(({ diagnostic }) => diagnostic)
      .map(({ policyName, diagnostic }) => ({ policy: policyName, reason: diagnostic })),
    notApplicable: notApplicable.map(({ policyName, reason }) => ({ policy: policyName, reason })),
  };
}

/** The protocol has no field for it: a policy that met an unknown is an advisory with this text. */
function isUndetermined({ policyName, message }: AnalyzeDiagnostic): boolean {
  return message.startsWith(`can't run policy '${policyName}' from policy pack`);
}

function readViolation({ policyName, enforcementLevel, message, severity, urn }: AnalyzeDiagnostic): ReportedViolation {
  const path = /\n {2}at: (.+)/.exec(message)?.[1];
  const suggestion = /\n {2}fix: (.+)/.exec(message)?.[1];
  const named = Object.entries(SEVERITIES).find(([, wire]) => wire === severity)?.[0] as Severity | undefined;
  return {
    policy: policyName,
    level: fromWireLevel(enforcementLevel),
    message,
    ...(severity !== PolicySeverity.UNSPECIFIED && named && { severity: named }),
    ...(urn && { urn }),
    ...(path && { path }),
    ...(suggestion && { suggestion }),
  };
}

/** As `Secret`s, and assets as plain `{path}`, `{text}`, `{uri}` or `{assets}`: easy to compare and to print. */
function revive({ [SIGNATURE]: signature, ...rest }: Record<string, unknown>): unknown {
  if (signature === SECRET) return new Secret(rest.value);
  if (signature === ASSET || signature === ARCHIVE) return rest;
  return signature === undefined ? rest : { [SIGNATURE]: signature, ...rest };
}
