// The public surface of @pulumi/policy and ours, held against each other in both directions by the compiler: this file has
// no test to run, it compiles (`npx tsc --noEmit`) or it does not.

import type * as theirs from "@pulumi/policy";
import type { Resource } from "@pulumi/pulumi";
import type * as ours from "./index.ts";

/** `true` when each can stand in for the other. */
type Same<Ours, Theirs> = [Ours] extends [Theirs]
  ? [Theirs] extends [Ours]
    ? true
    : "theirs does not stand in for ours"
  : "ours does not stand in for theirs";
const same = <_ extends true>() => {};

/**
 * A function's type with `ReportViolation` taken out wherever it is handed in: ours takes a `Violation` too, so a function
 * that makes use of it is none of theirs. The two are compared on their own.
 */
type Plain<T> =
  Same<T, theirs.ReportViolation> extends true
    ? "ReportViolation"
    : T extends (...args: infer Args) => infer Result
      ? (...args: { [Index in keyof Args]: Plain<Args[Index]> }) => Plain<Result>
      : T extends (infer Item)[]
        ? Plain<Item>[]
        : T;

same<Same<ours.ReportViolation, theirs.ReportViolation>>();
same<Same<Parameters<ours.ReportViolation>[1], Parameters<theirs.ReportViolation>[1]>>();

// What authors write down, and what they are handed.
same<Same<ours.EnforcementLevel, theirs.EnforcementLevel>>();
same<Same<ours.Severity, theirs.Severity>>();
same<Same<ours.Policy, theirs.Policy>>();
same<Same<ours.PolicyComplianceFramework, theirs.PolicyComplianceFramework>>();
same<Same<ours.PolicyConfigSchema, theirs.PolicyConfigSchema>>();
same<Same<ours.PolicyPackConfig, theirs.PolicyPackConfig>>();
same<Same<Omit<ours.PolicyPackArgs, "policies">, Omit<theirs.PolicyPackArgs, "policies">>>();
same<Same<ours.PolicyResourceOptions, theirs.PolicyResourceOptions>>();
same<Same<ours.PolicyCustomTimeouts, theirs.PolicyCustomTimeouts>>();
same<Same<ours.PolicyProviderResource, theirs.PolicyProviderResource>>();
same<Same<ours.PolicyResource, theirs.PolicyResource>>();
same<Same<ours.ResourceValidationArgs, theirs.ResourceValidationArgs>>();
same<Same<ours.StackValidationArgs, theirs.StackValidationArgs>>();
same<Same<ours.Secret, theirs.Secret>>();
same<Same<typeof ours.Secret, typeof theirs.Secret>>();

// Functions that authors write.
interface P {
  a: 1;
}
same<Same<Plain<ours.ResourceValidation>, Plain<theirs.ResourceValidation>>>();
same<Same<Plain<ours.ResourceRemediation>, Plain<theirs.ResourceRemediation>>>();
same<Same<Plain<ours.StackValidation>, Plain<theirs.StackValidation>>>();
same<Same<Plain<ours.TypedResourceValidation<P>>, Plain<theirs.TypedResourceValidation<P>>>>();
same<Same<Plain<ours.TypedResourceRemediation<P>>, Plain<theirs.TypedResourceRemediation<P>>>>();
same<Same<Plain<ours.TypedResourceValidationRemediation<P>>, Plain<theirs.TypedResourceValidationRemediation<P>>>>();

// Policies and packs; any policy written for theirs is one of ours, as it stands.
type Fields<T> = { [Key in keyof T]: Plain<T[Key]> };
same<Same<Fields<ours.ResourceValidationPolicy>, Fields<theirs.ResourceValidationPolicy>>>();
same<Same<Fields<ours.StackValidationPolicy>, Fields<theirs.StackValidationPolicy>>>();
same<theirs.Policies extends ours.Policies ? true : false>();
same<theirs.PolicyPackArgs extends ours.PolicyPackArgs ? true : false>();
// A class with private fields fits no other. What one may write with it is its constructor.
type Pack<T extends typeof ours.PolicyPack | typeof theirs.PolicyPack> = [
  name: ConstructorParameters<T>[0],
  config: ConstructorParameters<T>[2],
];
same<Same<Pack<typeof ours.PolicyPack>, Pack<typeof theirs.PolicyPack>>>();
same<
  ConstructorParameters<typeof theirs.PolicyPack> extends ConstructorParameters<typeof ours.PolicyPack> ? true : false
>();

// Functions that authors call, with a resource class of any kind.
type R = Resource;
// Ours take a type token in place of the class, too.
type ByClass<F> = F extends (resourceClass: infer Class, ...rest: infer Rest) => infer Result
  ? Plain<(resourceClass: Exclude<Class, string>, ...rest: Rest) => Result>
  : never;
same<Same<ByClass<typeof ours.validateResourceOfType<R, P>>, ByClass<typeof theirs.validateResourceOfType<R, P>>>>();
same<Same<ByClass<typeof ours.remediateResourceOfType<R, P>>, ByClass<typeof theirs.remediateResourceOfType<R, P>>>>();
same<
  Same<ByClass<typeof ours.validateStackResourcesOfType<R>>, ByClass<typeof theirs.validateStackResourcesOfType<R>>>
>();
type Both<F extends (...args: never) => unknown> = [
  Plain<Parameters<F>[1 & keyof Parameters<F>]>,
  Fields<ReturnType<F>>,
];
same<
  Same<
    Both<typeof ours.validateRemediateResourceOfType<R, P>>,
    Both<typeof theirs.validateRemediateResourceOfType<R, P>>
  >
>();

// No name of theirs is missing. Three of ours they export at run time only; `default` is Node's view of a CommonJS file.
type RuntimeOnly = "isResourcePolicy" | "isStackPolicy" | "getPulumiType";
same<Same<keyof typeof ours, Exclude<keyof typeof theirs, "default"> | RuntimeOnly>>();
