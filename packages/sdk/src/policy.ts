import type { EnforcementLevel, Severity } from "./levels.ts";
import type { ResourceRemediation, ResourceValidation } from "./resource.ts";
import type { PolicyConfigJSONSchema } from "./schema.ts";
import type { StackValidation } from "./stack.ts";

/**
 * What every policy has, whichever kind it is: a name, a sentence for people, a level.
 *
 * @example
 * const policy: ResourceValidationPolicy = {
 *   name: "bucket-no-public-read",
 *   description: "Buckets must not be readable by everybody.",
 *   enforcementLevel: "mandatory",
 *   severity: "high",
 *   validateResource: (args, reportViolation) => { ... },
 * };
 */
export interface Policy {
  /**
   * Unique within the pack: letters, digits, hyphens, underscores and periods, at most 100. Configuration refers to it.
   * `all` is taken: in configuration it means every policy.
   */
  name: string;

  /** The rule in one sentence. It comes first in every violation's text. */
  description: string;

  /** Overrides the pack's level; the user's configuration overrides both. */
  enforcementLevel?: EnforcementLevel;

  /**
   * What users may configure. Absent: nothing but the level.
   *
   * @example
   * configSchema: { properties: { maxAge: { type: "integer", default: 90 } } },
   * validateResource: (args, reportViolation) => {
   *   const { maxAge } = args.getConfig<{ maxAge: number }>();
   *   ...
   * }
   */
  configSchema?: PolicyConfigSchema;

  /** A name for people, where `name` is one for machines. */
  displayName?: string;

  /** Goes along with each violation that does not name another. */
  severity?: Severity;

  /** The standard that asks for this policy. */
  framework?: PolicyComplianceFramework;

  /** Words to search by. */
  tags?: string[];

  /** How to repair a violation, for people. */
  remediationSteps?: string;

  /** Where to read more. */
  url?: string;
}

/** The standard that asks for a policy, and where in it. */
export interface PolicyComplianceFramework {
  /** For example "CIS". */
  name: string;
  /** The standard's version. */
  version: string;
  /** The clause. */
  reference: string;
  /** The clause's text, or its title. */
  specification: string;
}

/** What users may configure of a policy: a schema per property. `enforcementLevel` is always there and not named. */
export interface PolicyConfigSchema {
  /** By property name. */
  properties: { [key: string]: PolicyConfigJSONSchema };
  /** The properties that must be set; those with a default always are. */
  required?: string[];
}

/** The policies of a pack, in the order in which they run. */
export type Policies = (ResourceValidationPolicy | StackValidationPolicy)[];

/**
 * A policy about one resource at a time. It is asked before the resource is created or changed, with the inputs.
 *
 * @example
 * const noPublicBuckets: ResourceValidationPolicy = {
 *   name: "bucket-no-public-read",
 *   description: "Buckets must not be readable by everybody.",
 *   validateResource: validateResourceOfType(aws.s3.Bucket, (bucket, args, reportViolation) => {
 *     if (bucket.acl === "public-read") reportViolation("Remove `acl`, or set it to `private`.");
 *   }),
 * };
 */
export interface ResourceValidationPolicy extends Policy {
  /**
   * Runs before any validation when the policy's level is `remediate`. What it returns replaces *all* inputs of the
   * resource; returning nothing leaves them alone.
   */
  remediateResource?: ResourceRemediation;

  /** One function, or several that run in order. */
  validateResource?: ResourceValidation | ResourceValidation[];
}

/**
 * A policy about the stack as a whole. It is asked once, at the end, with the outputs of all resources.
 *
 * @example
 * const atMostTen: StackValidationPolicy = {
 *   name: "at-most-ten-buckets",
 *   description: "A stack has at most ten buckets.",
 *   validateStack: (args, reportViolation) => {
 *     const buckets = args.resources.filter((resource) => resource.isType(aws.s3.Bucket));
 *     if (buckets.length > 10) reportViolation(`It has ${buckets.length}.`);
 *   },
 * };
 */
export interface StackValidationPolicy extends Policy {
  /** Looks at the stack and reports what is wrong with it. */
  validateStack: StackValidation;
}

/**
 * Tells whether a policy is about single resources: it has at least one of the two functions.
 *
 * @example
 * const names = policies.filter(isResourcePolicy).map((policy) => policy.name);
 */
export function isResourcePolicy(policy: Policy): policy is ResourceValidationPolicy {
  const { validateResource, remediateResource } = policy as ResourceValidationPolicy;
  if (typeof validateResource === "function") return true;
  if (Array.isArray(validateResource)) return validateResource.every((one) => typeof one === "function");
  return typeof remediateResource === "function";
}

/**
 * Tells whether a policy is about the stack.
 *
 * @example
 * const names = policies.filter(isStackPolicy).map((policy) => policy.name);
 */
export function isStackPolicy(policy: Policy): policy is StackValidationPolicy {
  return typeof (policy as StackValidationPolicy).validateStack === "function";
}
