import type { Resource, Unwrap } from "@pulumi/pulumi";
import type * as q from "@pulumi/pulumi/queryable/index.js";
import type {
  ResourceRemediation,
  ResourceValidation,
  TypedResourceRemediation,
  TypedResourceValidation,
  TypedResourceValidationRemediation,
} from "./resource.ts";
import { madeFor, reasonFor } from "./resource-class.ts";
import type { StackValidation, StackValidationArgs } from "./stack.ts";
import type { ReportViolation } from "./violation.ts";

/**
 * Makes a validation that is asked only about resources of one class, with their properties typed. For any other
 * resource the policy is not applicable.
 *
 * @param resourceClass For example `aws.s3.Bucket`, or its type token, `"aws:s3/bucket:Bucket"`.
 * @param validate Gets the typed inputs, then what every validation gets.
 * @example
 * validateResource: validateResourceOfType(aws.s3.Bucket, (bucket, args, reportViolation) => {
 *   if (bucket.acl === "public-read") reportViolation("The bucket is public.");
 * })
 */
export function validateResourceOfType<TResource extends Resource, TArgs = any>(
  resourceClass: string | { new (name: string, args: TArgs, ...rest: any[]): TResource },
  validate: TypedResourceValidation<Unwrap<NonNullable<TArgs>>>,
): ResourceValidation {
  const validation: ResourceValidation = (args, reportViolation) =>
    args.isType(resourceClass)
      ? validate(args.props as Unwrap<NonNullable<TArgs>>, args, reportViolation)
      : args.notApplicable(reasonFor(resourceClass));
  return madeFor(validation, resourceClass);
}

/**
 * Makes a remediation that is asked only about resources of one class, with their properties typed. For any other
 * resource the policy is not applicable.
 *
 * @param resourceClass For example `aws.s3.Bucket`, or its type token, `"aws:s3/bucket:Bucket"`.
 * @param remediate Gets the typed inputs. Returns all of the new inputs, or nothing.
 * @example
 * remediateResource: remediateResourceOfType(aws.s3.Bucket, (bucket) => {
 *   bucket.acl = "private";
 *   return bucket;
 * })
 */
export function remediateResourceOfType<TResource extends Resource, TArgs = any>(
  resourceClass: string | { new (name: string, args: TArgs, ...rest: any[]): TResource },
  remediate: TypedResourceRemediation<Unwrap<NonNullable<TArgs>>>,
): ResourceRemediation {
  const remediation: ResourceRemediation = (args) =>
    args.isType(resourceClass)
      ? remediate(args.props as Unwrap<NonNullable<TArgs>>, args)
      : args.notApplicable(reasonFor(resourceClass));
  return madeFor(remediation, resourceClass);
}

/**
 * Makes both from one function that repairs the resource and reports what was wrong: as a remediation its reports are
 * dropped, as a validation its answer is. Spread the result into a policy.
 *
 * @param resourceClass For example `aws.s3.Bucket`, or its type token, `"aws:s3/bucket:Bucket"`.
 * @param validateRemediate Gets the typed inputs, then what every validation gets.
 * @example
 * const policy: ResourceValidationPolicy = {
 *   name: "bucket-private",
 *   description: "Buckets are private.",
 *   ...validateRemediateResourceOfType(aws.s3.Bucket, (bucket, args, reportViolation) => {
 *     if (bucket.acl === "private") return;
 *     reportViolation("The bucket is not private.");
 *     bucket.acl = "private";
 *     return bucket;
 *   }),
 * };
 */
export function validateRemediateResourceOfType<TResource extends Resource, TArgs = any>(
  resourceClass: string | { new (name: string, args: TArgs, ...rest: any[]): TResource },
  validateRemediate: TypedResourceValidationRemediation<Unwrap<NonNullable<TArgs>>>,
): { validateResource: ResourceValidation; remediateResource: ResourceRemediation } {
  return {
    validateResource: validateResourceOfType(resourceClass, async (props, args, reportViolation) => {
      await validateRemediate(props, args, reportViolation);
    }),
    remediateResource: remediateResourceOfType(resourceClass, (props, args) =>
      validateRemediate(props, args, () => {}),
    ),
  };
}

/**
 * Makes a stack validation that sees only the resources of one class, with their properties typed. For a stack without
 * any the policy is not applicable.
 *
 * @param resourceClass For example `aws.s3.Bucket`, or its type token, `"aws:s3/bucket:Bucket"`.
 * @param validate Gets the typed outputs of each, then what every stack validation gets; `args.resources` are the same
 * resources in the same order.
 * @example
 * validateStack: validateStackResourcesOfType(aws.s3.Bucket, (buckets, args, reportViolation) => {
 *   if (buckets.length > 10) reportViolation(`${buckets.length} buckets are too many.`);
 * })
 */
export function validateStackResourcesOfType<TResource extends Resource>(
  resourceClass: string | { new (...rest: any[]): TResource },
  validate: (
    resources: q.ResolvedResource<TResource>[],
    args: StackValidationArgs,
    reportViolation: ReportViolation,
  ) => Promise<void> | void,
): StackValidation {
  const validation: StackValidation = (args, reportViolation) => {
    const resources = args.resources.filter((resource) => resource.isType(resourceClass));
    if (resources.length === 0) return args.notApplicable(reasonFor(resourceClass));
    const props = resources.map((resource) => resource.props as q.ResolvedResource<TResource>);
    return validate(props, { ...args, resources }, reportViolation);
  };
  return madeFor(validation, resourceClass);
}
