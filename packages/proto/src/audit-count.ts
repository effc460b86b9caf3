import { EnforcementLevel, PolicySeverity } from "../gen/pulumi/analyzer_pb.js";
import type { AuditedPolicy, AuditedResult } from "./audit.ts";

/** An answer to Analyze or AnalyzeStack. What is absent has protobuf's default. */
interface Said {
  diagnostics?: readonly {
    policyName?: string;
    message?: string;
    enforcementLevel?: EnforcementLevel;
    severity?: PolicySeverity;
    urn?: string;
  }[];
  notApplicable?: readonly { policyName?: string }[];
}

interface Count {
  policy: AuditedPolicy;
  /** Of the questions that it was asked, the last one for which it did not pass. */
  lastSpoken: number;
}

/** Adds up what a pack answers. */
export class AuditCount {
  readonly results: AuditedResult[] = [];
  readonly #counts: Map<string, Count>;
  #questions = 0;

  /** @param policies Those that are asked: without a word, they pass. */
  constructor(policies: readonly AuditedPolicy[]) {
    this.#counts = new Map(policies.map((policy) => [policy.name, { policy, lastSpoken: 0 }]));
  }

  /** @param shownAt The resource at which what is said of a URN is shown. */
  add({ diagnostics = [], notApplicable = [] }: Said, shownAt: (urn: string) => string): void {
    this.#questions += 1;
    for (const { policyName = "" } of notApplicable) this.#spoke(policyName);
    for (const { policyName = "", message = "", enforcementLevel, severity = 0, urn = "" } of diagnostics) {
      this.#spoke(policyName);
      const unknown = message.startsWith(`can't run policy '${policyName}' from policy pack`);
      this.results.push({
        kind: unknown ? "not-evaluated" : "violated",
        policy: policyName,
        // What remains after remediation is mandatory.
        level: (enforcementLevel ?? EnforcementLevel.ADVISORY) === EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
        severity: severity === PolicySeverity.UNSPECIFIED ? "" : (PolicySeverity[severity] ?? "").toLowerCase(),
        urn: shownAt(urn),
        message: unknown ? whyUnknown(message) : message,
      });
    }
  }

  addRemediation(policy: string, urn: string): void {
    const message = "The policy would change this resource's inputs.";
    this.results.push({ kind: "remediated", policy, level: "", severity: "", urn, message });
  }

  /** Says for each policy how often it passed. */
  finish(): void {
    for (const { policy } of this.#counts.values()) policy.passed += this.#questions;
  }

  #spoke(name: string): void {
    const count = this.#counts.get(name);
    if (!count || count.lastSpoken === this.#questions) return;
    count.lastSpoken = this.#questions;
    count.policy.passed -= 1;
  }
}

/** The SDKs speak of previews. In a state, only secrets that nobody has opened are unknown. */
function whyUnknown(message: string): string {
  const [, path] = / value at (\..+) can't be known during preview/.exec(message) ?? [];
  return path ? `It reads ${path.slice(1)}, a secret that is encrypted in this state.` : message;
}
