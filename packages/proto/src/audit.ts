// An audit holds a pack against a state that exists. A pack on our SDK does that by itself: whoever starts it with this variable writes
// the job and a line break to its stdin, then the state if it is in no file, and reads the answer. Any other pack serves its engine as ever.

/** The environment variable that names the file descriptor to which the answer is written: `{pack}` or `{problem}`, as JSON. */
export const AUDIT_ANSWER = "QUILLON_AUDIT_ANSWER";

export interface AuditJob {
  /** Absolute path of the state. */
  file?: string;
  /** What the user configures, by policy. */
  config: Record<string, unknown>;
  stackTags: Record<string, string>;
  /** By ciphertext, the values of secrets in the state, as JSON. */
  secrets: Record<string, string>;
}

export interface AuditedPolicy {
  name: string;
  description: string;
  severity: string;
  url: string;
  remediationSteps: string;
  level: string;
  /** How many resources pass, or 1 for a stack that does. */
  passed: number;
}

export interface AuditedResult {
  kind: "violated" | "remediated" | "not-evaluated";
  policy: string;
  level: string;
  severity: string;
  urn: string;
  message: string;
}

/** What a pack says of a state. */
export interface AuditedPack {
  name: string;
  version: string;
  project: string;
  stack: string;
  /** How many it was asked about. */
  resources: number;
  policies: AuditedPolicy[];
  results: AuditedResult[];
}
