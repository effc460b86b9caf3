import { fromBinary } from "@bufbuild/protobuf";
import {
  type AnalyzeDiagnostic,
  ARCHIVE,
  ASSET,
  decodeStruct,
  PolicySeverity,
  SECRET,
  SIGNATURE,
} from "@quillon/proto";
import { AnalyzeResponseSchema, RemediateResponseSchema } from "@quillon/proto/grpc";
import { type EnforcementLevel, Secret, type Severity } from "../core.ts";
import { fromWireLevel, SEVERITIES } from "../levels.ts";

/** A violation as the engine would show it. */
export interface ReportedViolation {
  /** The policy's name. */
  policy: string;
  /** The enforcement level, which decides what the violation does to an update. */
  level: EnforcementLevel;
  /** The whole text: the policy's description, what was reported, path and suggestion. */
  message: string;
  /** How severe it is. Absent when neither the policy nor the violation has a severity. */
  severity?: Severity;
  /** The URN of the resource, if the violation has one. */
  urn?: string;
  /** The path of the property that violates the policy, if it was reported. */
  path?: string;
  /** What to do about it, if something was suggested. */
  suggestion?: string;
}

/** A policy that neither reported anything nor was satisfied, and why. */
export interface Unanswered {
  /** The policy's name. */
  policy: string;
  /** Why. */
  reason: string;
}

/** The results of the policies for one resource or one stack. Each policy that ran is in one of the four lists. */
export interface Verdict {
  /** What was reported, in the order of the reports. */
  violations: ReportedViolation[];
  /** Policies that read a value that is unknown before the update. */
  undetermined: Unanswered[];
  /** Policies that do not apply to the resource or stack. */
  notApplicable: Unanswered[];
  /** Policies that ran and reported nothing. */
  satisfied: string[];
}

/** What the policies of level `remediate` changed in one resource. */
export interface Repair {
  /** The inputs afterwards. They are the literal's when nothing was changed. Secrets are `Secret`s, as in the literal. */
  props: Record<string, any>;
  /** The policies that changed something, in order, each with the inputs that it returned. */
  remediations: { policy: string; props: Record<string, any> }[];
  /** Policies that read a value that is unknown before the update. */
  undetermined: Unanswered[];
  /** Policies that do not apply to the resource, or leave it as it is because of an exception. */
  notApplicable: Unanswered[];
}

/**
 * Reads the answer to Analyze or AnalyzeStack.
 *
 * @param ran The names of the policies that ran.
 */
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

/**
 * Reads the answer to Remediate.
 *
 * @param before The inputs of the literal.
 */
export function readRepair(bytes: Uint8Array, before: Record<string, any>): Repair {
  const { remediations, notApplicable } = fromBinary(RemediateResponseSchema, bytes);
  const done = remediations
    .filter(({ diagnostic }) => !diagnostic)
    .map(({ policyName, properties }) => ({
      policy: policyName,
      props: decodeStruct(properties ?? new Uint8Array(), revive),
    }));
  const unchanged = remediations
    .filter(({ diagnostic }) => diagnostic)
    .map(({ policyName, diagnostic }) => ({ policy: policyName, reason: diagnostic }));
  const isUndetermined = ({ policy, reason }: Unanswered) => reason.startsWith(`can't run remediation '${policy}'`);
  return {
    props: done.at(-1)?.props ?? before,
    remediations: done,
    undetermined: unchanged.filter(isUndetermined),
    notApplicable: [
      ...notApplicable.map(({ policyName, reason }) => ({ policy: policyName, reason })),
      ...unchanged.filter((one) => !isUndetermined(one)),
    ],
  };
}

/** The protocol has no field for this. A policy that read an unknown value is reported as an advisory violation with this text. */
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

/** Makes secrets `Secret`s, and assets plain `{path}`, `{text}`, `{uri}` or `{assets}`, which are easy to compare and to print. */
function revive({ [SIGNATURE]: signature, ...rest }: Record<string, unknown>): unknown {
  if (signature === SECRET) return new Secret(rest.value);
  if (signature === ASSET || signature === ARCHIVE) return rest;
  return signature === undefined ? rest : { [SIGNATURE]: signature, ...rest };
}
