import type { Resource, Unwrap } from "@pulumi/pulumi";
import type { ReportViolation } from "./violation.ts";

/**
 * Looks at one resource and reports what is wrong with it. May be async.
 *
 * What it throws fails the update, and is shown with the pack, the policy and the resource. Reading a value that is not
 * known yet throws `UnknownValueError`, which becomes the advisory "can't run policy … during preview" instead.
 *
 * @example
 * const taggedOrFail: ResourceValidation = (args, reportViolation) => {
 *   if (!args.props.tags?.owner) reportViolation("Set the tag `owner`.");
 * };
 */
export type ResourceValidation = (
  args: ResourceValidationArgs,
  reportViolation: ReportViolation,
) => Promise<void> | void;

/**
 * Repairs one resource. The inputs it returns replace all inputs; returning nothing leaves them alone. May be async.
 *
 * Unknown values may be passed on untouched. What was secret stays secret: at its path always, and at another path when it is a
 * string of at least four characters, also within a longer string.
 *
 * @example
 * const makePrivate: ResourceRemediation = (args) => ({ ...args.props, acl: "private" });
 */
export type ResourceRemediation = (
  args: ResourceValidationArgs,
) => Promise<Record<string, any>> | Record<string, any> | Promise<void> | void | undefined;

/** `ResourceValidation` for resources of one class: comes with the typed properties. */
export type TypedResourceValidation<TProps> = (
  props: TProps,
  args: ResourceValidationArgs,
  reportViolation: ReportViolation,
) => Promise<void> | void;

/** `ResourceRemediation` for resources of one class: comes with the typed properties. */
export type TypedResourceRemediation<TProps> = (
  props: TProps,
  args: ResourceValidationArgs,
) => Promise<Record<string, any>> | Record<string, any> | Promise<void> | void | undefined;

/** One function that both validates and remediates resources of one class. */
export type TypedResourceValidationRemediation<TProps> = (
  props: TProps,
  args: ResourceValidationArgs,
  reportViolation: ReportViolation,
) => Promise<Record<string, any>> | Record<string, any> | Promise<void> | void | undefined;

/** The resource that a policy is asked about, and what it may ask back. */
export interface ResourceValidationArgs {
  /** The type token, for example `aws:s3/bucket:Bucket`. */
  type: string;

  /** The inputs, with the provider's defaults filled in. Secrets are plain values; reading an unknown throws. */
  props: Record<string, any>;

  /** The resource's URN. */
  urn: string;

  /** The resource's name, the last part of the URN. */
  name: string;

  /** The options it is registered with. */
  opts: PolicyResourceOptions;

  /** The provider that manages it. Providers, and components without one, have none. */
  provider?: PolicyProviderResource;

  /** The tags of the stack, as the backend serves them. Empty before the engine sends them, and with old engines. */
  stackTags: ReadonlyMap<string, string>;

  /**
   * Tells whether this is a resource of that class, or of the type whose token it is given.
   *
   * @throws Error for a class without a type token: it would answer false for every resource.
   *
   * @example
   * if (args.isType(aws.s3.Bucket)) { ... }
   */
  isType<TResource extends Resource>(resourceClass: string | { new (...rest: any[]): TResource }): boolean;

  /**
   * The inputs, typed, when this is a resource of that class; otherwise `undefined`.
   *
   * @example
   * const bucket = args.asType(aws.s3.Bucket);
   * if (bucket?.acl === "public-read") reportViolation("The bucket is public.");
   */
  asType<TResource extends Resource, TArgs = any>(
    resourceClass: string | { new (name: string, args: TArgs, ...rest: any[]): TResource },
  ): Unwrap<NonNullable<TArgs>> | undefined;

  /**
   * The policy's configuration, checked against its schema, defaults filled in, without the level.
   *
   * @example
   * const { maxAge } = args.getConfig<{ maxAge: number }>();
   */
  getConfig<T extends object>(): T;

  /**
   * Ends the policy for this resource: it counts neither as passed nor as failed.
   *
   * @param reason Is shown where skipped policies are listed.
   * @example
   * if (!args.urn.includes("::prod")) args.notApplicable("Only production is checked.");
   */
  notApplicable(reason?: string): never;

  /**
   * Tells whether the value at a path is secret, or lies inside one. Values themselves don't show it. It is always there,
   * except in arguments that somebody else's tests have built by hand.
   *
   * @param path `db.password`, `users[0].token`, `tags["a.b"]`; or the keys one by one.
   * @example
   * if (!args.isSecret?.("password")) reportViolation({ message: "Wrap it in pulumi.secret().", path: "password" });
   */
  isSecret?(path: string | (string | number)[]): boolean;
}

/** The options a resource is registered with. */
export interface PolicyResourceOptions {
  /** It can't be deleted. */
  protect: boolean;

  /** Properties whose changes are ignored. */
  ignoreChanges: string[];

  /** When replaced, the old one goes first. Absent: the provider decides. */
  deleteBeforeReplace?: boolean;

  /** Earlier URNs of the same resource. */
  aliases: string[];

  /** How long the provider may take. */
  customTimeouts: PolicyCustomTimeouts;

  /** Outputs to be treated as secret. */
  additionalSecretOutputs: string[];

  /** The URN of the parent. */
  parent?: string;
}

/** How long the provider may take, in seconds; 0 is its own default. */
export interface PolicyCustomTimeouts {
  /** For creating. */
  createSeconds: number;
  /** For updating. */
  updateSeconds: number;
  /** For deleting. */
  deleteSeconds: number;
}

/** The provider that manages a resource. */
export interface PolicyProviderResource {
  /** `pulumi:providers:aws` and the like. */
  type: string;
  /** Its configuration, for example the region. */
  props: Record<string, any>;
  /** Its URN. */
  urn: string;
  /** Its name. */
  name: string;
}
