import type { AuditedPolicy, AuditedResult } from "./audit.ts";
import { EnforcementLevel, PolicySeverity } from "./enums.ts";

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

/** What a policy did to a resource. */
interface Remediated {
  policyName: string | undefined;
  /** Why it did nothing. */
  diagnostic: string | undefined;
  changes: boolean;
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
      this.results.push({
        ...told(policyName, message),
        policy: policyName,
        // What remains after remediation is mandatory.
        level: (enforcementLevel ?? EnforcementLevel.ADVISORY) === EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
        severity: severity === PolicySeverity.UNSPECIFIED ? "" : (PolicySeverity[severity] ?? "").toLowerCase(),
        urn: shownAt(urn),
      });
    }
  }

  /**
   * What a remediation could not do is advisory, as in the engine:
   * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/deploy/analyze_snapshot.go#L226
   */
  addRemediation({ policyName: policy = "", diagnostic = "", changes }: Remediated, urn: string): void {
    if (diagnostic) {
      // It is said before the resource's own question.
      this.#spoke(policy, this.#questions + 1);
      this.results.push({ ...told(policy, diagnostic), policy, level: "advisory", severity: "", urn });
    } else if (changes) {
      const message = "The policy would change this resource's inputs.";
      this.results.push({ kind: "remediated", policy, level: "", severity: "", urn, message });
    }
  }

  /** Says for each policy how often it passed. */
  finish(): void {
    for (const { policy } of this.#counts.values()) policy.passed += this.#questions;
  }

  #spoke(name: string, question = this.#questions): void {
    const count = this.#counts.get(name);
    if (!count || count.lastSpoken === question) return;
    count.lastSpoken = question;
    count.policy.passed -= 1;
  }
}

function told(policy: string, message: string): { kind: "violated" | "not-evaluated"; message: string } {
  const unknown = ["policy", "remediation"].some((kind) =>
    message.startsWith(`can't run ${kind} '${policy}' from policy pack`),
  );
  return unknown ? { kind: "not-evaluated", message: whyUnknown(message) } : { kind: "violated", message };
}

/** The SDKs speak of previews. In a state, only secrets that nobody has opened are unknown. */
function whyUnknown(message: string): string {
  const [, path] = / value at (\..+) can't be known during preview/.exec(message) ?? [];
  return path ? `It reads ${path.slice(1)}, a secret that is encrypted in this state.` : message;
}
