import type { Resource } from "@pulumi/pulumi";
import type * as q from "@pulumi/pulumi/queryable/index.js";
import type { PolicyProviderResource, PolicyResourceOptions } from "./resource.ts";
import type { ReportViolation } from "./violation.ts";

/**
 * Looks at all resources of a stack and reports what is wrong with them. May be async.
 *
 * @example
 * const oneRegion: StackValidation = (args, reportViolation) => {
 *   const regions = new Set(args.resources.map((resource) => resource.provider?.props.region));
 *   if (regions.size > 1) reportViolation("Use one region.");
 * };
 */
export type StackValidation = (args: StackValidationArgs, reportViolation: ReportViolation) => Promise<void> | void;

/** The stack that a policy is asked about, and what it may ask back. */
export interface StackValidationArgs {
  /** Every resource of the stack, in no particular order. */
  resources: PolicyResource[];

  /** The tags of the stack, as the backend serves them. Empty before the engine sends them, and with old engines. */
  stackTags: ReadonlyMap<string, string>;

  /**
   * The policy's configuration, checked against its schema, defaults filled in, without the level.
   *
   * @example
   * const { maximum } = args.getConfig<{ maximum: number }>();
   */
  getConfig<T extends object>(): T;

  /**
   * Ends the policy for this stack: it counts neither as passed nor as failed.
   *
   * @param reason Is shown where skipped policies are listed.
   * @example
   * if (args.stackTags.get("env") !== "prod") args.notApplicable("Only production is checked.");
   */
  notApplicable(reason?: string): never;
}

/** A resource of a stack, after the update (or, in a preview, as planned). */
export interface PolicyResource {
  /** The type token, for example `aws:s3/bucket:Bucket`. */
  type: string;

  /** The outputs. Secrets are plain values; reading an unknown throws. */
  props: Record<string, any>;

  /** The resource's URN. */
  urn: string;

  /** The resource's name, the last part of the URN. */
  name: string;

  /** The options it was registered with. */
  opts: PolicyResourceOptions;

  /** The provider that manages it. Providers, and components without one, have none. */
  provider?: PolicyProviderResource;

  /** Its parent, when that is part of the stack. */
  parent?: PolicyResource;

  /** The resources it depends on. */
  dependencies: PolicyResource[];

  /** The resources that each of its properties depends on. */
  propertyDependencies: Record<string, PolicyResource[]>;

  /**
   * Tells whether this is a resource of that class, or of the type whose token it is given.
   *
   * @throws Error for a class without a type token: it would answer false for every resource.
   *
   * @example
   * const buckets = args.resources.filter((resource) => resource.isType(aws.s3.Bucket));
   */
  isType<TResource extends Resource>(resourceClass: string | { new (...rest: any[]): TResource }): boolean;

  /**
   * The outputs, typed, when this is a resource of that class; otherwise `undefined`.
   *
   * @example
   * for (const resource of args.resources) {
   *   const bucket = resource.asType(aws.s3.Bucket);
   *   if (bucket && !bucket.versioning) reportViolation("Turn versioning on.", resource.urn);
   * }
   */
  asType<TResource extends Resource = any>(
    resourceClass: string | { new (...rest: any[]): TResource },
  ): q.ResolvedResource<TResource> | undefined;

  /**
   * Tells whether the value at a path is secret, or lies inside one. Values themselves don't show it. It is always there,
   * except in arguments that somebody else's tests have built by hand.
   *
   * @param path `db.password`, `users[0].token`, `tags["a.b"]`; or the keys one by one.
   * @example
   * const leaks = args.resources.filter((r) => r.props.password && !r.isSecret?.("password"));
   */
  isSecret?(path: string | (string | number)[]): boolean;
}
