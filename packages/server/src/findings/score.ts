import type { PackMetadata } from "@quillon/contract";
import { isObject } from "../json/is-object.ts";

/** A policy as far as scores need it. */
export interface ScoredPolicy {
  name: string;
  severity: string;
  /** Its name and version, such as `PCI DSS 4.0`. Empty for none. */
  framework: string;
}

/** What the evaluations of one stack say of one policy of a pack. */
export interface PolicyCount {
  policy: string;
  /** How many resources passed or failed it. */
  governed: number;
  failing: number;
  /** Of these, how many are excepted. */
  excepted: number;
  /** Something fails it. This may be the root stack or a provider, which are no governed resources. */
  fails: boolean;
  /** Something fails it that is not excepted. */
  violated: boolean;
  /** A stack policy was asked of the whole stack. */
  askedOfStack: boolean;
}

export type ScoredState = "passes" | "fails" | "excepted" | "not-exercised";

/** A score that is not there, on the wire. */
const NOT_AVAILABLE = -1;
const BROKEN = -2;

const LEVELS = ["advisory", "mandatory", "remediate", "disabled"];

/**
 * The policies of a pack that a configuration leaves running. A policy's own level in the configuration counts before the one
 * of `all`, and that before the pack's, as the engine reconciles them:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/analyzer/config.go
 */
export function enabledPolicies(policies: PackMetadata["policies"], config: unknown): ScoredPolicy[] {
  return policies
    .filter((policy) => levelOf(policy, config) !== "disabled")
    .map((policy) => ({ name: policy.name, ...describe(policy as Record<string, unknown>) }));
}

function levelOf(policy: PackMetadata["policies"][number], config: unknown): unknown {
  const own = configuredLevel(config, policy.name) ?? configuredLevel(config, "all");
  return own ?? (policy as Record<string, unknown>).enforcementLevel;
}

function configuredLevel(config: unknown, name: string): string | undefined {
  const own = isObject(config) && Object.hasOwn(config, name) ? config[name] : undefined;
  const level = isObject(own) ? own.enforcementLevel : own;
  return LEVELS.find((known) => known === level);
}

function describe({ severity, framework }: Record<string, unknown>) {
  const words = isObject(framework) ? [framework.name, framework.version] : [];
  return {
    severity: typeof severity === "string" ? severity : "",
    framework: words.filter((word) => typeof word === "string" && word !== "").join(" "),
  };
}

/**
 * A policy passes when nothing fails it. One that governed nothing passes, but it is not exercised. One that only excepted
 * violations fail does not pass, and is counted as excepted.
 */
export function stateOf(count: PolicyCount | undefined): ScoredState {
  if (count?.fails) return count.violated ? "fails" : "excepted";
  return count && (count.governed > 0 || count.askedOfStack) ? "passes" : "not-exercised";
}

/** How much of a whole passes. */
export interface Part {
  passing: number;
  /** Of how many. */
  of: number;
  /** The pack could not be loaded or configured in the last run of some stacks, which are not in the numbers. */
  broken?: boolean;
}

/**
 * A score in percent, as Pulumi's API has it: −1 when there is nothing of which it could be, −2 when there is only an error.
 * Rounded down, so that 100 always means all.
 */
export function percentOf(part: Part | undefined): number {
  if (!part || part.of === 0) return part?.broken ? BROKEN : NOT_AVAILABLE;
  return Math.floor((100 * part.passing) / part.of);
}

/** How much of what a policy governs passes it, in percent. −1 when it is not exercised. */
export function percentOfPolicy({
  governed,
  failing,
  fails,
  exercised,
}: {
  governed: number;
  failing: number;
  fails: boolean;
  exercised: boolean;
}): number {
  if (governed > 0) return percentOf({ passing: governed - failing, of: governed });
  if (fails) return 0;
  return exercised ? 100 : NOT_AVAILABLE;
}
