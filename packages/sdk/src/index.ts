import { isUnderPulumiRunner } from "./runner.ts";
import { guardStdout } from "./stdout.ts";

if (isUnderPulumiRunner()) guardStdout();

export type { PolicyPackArgs, PolicyPackConfig } from "./definition.ts";
export type { EnforcementLevel, Severity } from "./levels.ts";
export {
  remediateResourceOfType,
  validateRemediateResourceOfType,
  validateResourceOfType,
  validateStackResourcesOfType,
} from "./of-type.ts";
export { PolicyPack } from "./pack.ts";
export {
  isResourcePolicy,
  isStackPolicy,
  type Policies,
  type Policy,
  type PolicyComplianceFramework,
  type PolicyConfigSchema,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "./policy.ts";
export { unknownCheckingProxy } from "./proxy.ts";
export type {
  PolicyCustomTimeouts,
  PolicyProviderResource,
  PolicyResourceOptions,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationArgs,
  TypedResourceRemediation,
  TypedResourceValidation,
  TypedResourceValidationRemediation,
} from "./resource.ts";
export { getPulumiType } from "./resource-class.ts";
export type {
  PolicyConfigJSONSchema,
  PolicyConfigJSONSchemaDefinition,
  PolicyConfigJSONSchemaType,
  PolicyConfigJSONSchemaTypeName,
} from "./schema.ts";
export { Secret } from "./secret.ts";
export type { PolicyResource, StackValidation, StackValidationArgs } from "./stack.ts";
export { UnknownValueError } from "./unknown.ts";
export type { ReportViolation, Violation } from "./violation.ts";
