export { type AuditEventName, type AuditEventType, auditEvents, auditEventType } from "./audit-events.ts";
export { normalBackend } from "./backend-url.ts";
export { bodySchema, UNSUPPORTED } from "./body-schema.ts";
export type { BundledSdk } from "./bundled-sdk.ts";
export type {
  ConfigSchema,
  EntityType,
  GroupMode,
  PackMetadata,
  Tags,
  UpdateKind,
  UpdateStatus,
} from "./domain.ts";
export { type ErrorBody, type ErrorDetail, type ErrorId, errorIds, newError, QuillonError } from "./errors/index.ts";
export type { UnsupportedField } from "./errors/unsupported.ts";
export type { NamedException } from "./named-exception.ts";
export * from "./names.ts";
export type { OlderCliEffect, UnderOlderClis } from "./older-clis.ts";
export { openApi } from "./openapi.ts";
export type { PackNeeds } from "./pack-needs.ts";
export { EXCEPTIONS_ENTRY, type ExceptionsEntry, type PassedException } from "./passed-exceptions.ts";
export type { Access, BodyLimit, BodyOf, ParamsOf, QueryOf, ReplyOf, Route } from "./route.ts";
export type { Checked } from "./routes/checks.ts";
export { type Api, type RouteKey, routes } from "./routes/index.ts";
export type { ExceptionRequest } from "./routes/policy-exceptions.ts";
export type {
  Report,
  ReportedPack,
  ReportedPolicy,
  ReportedResult,
  ReportFormat,
  ReportHead,
} from "./routes/reports.ts";
export type { Selector, SelectorCondition } from "./selector.ts";
export { rankOfSeverity, type Severity, severities } from "./severity.ts";
export { type NoSelector, warnings } from "./warnings.ts";
export {
  type WebhookFilter,
  type WebhookFilterName,
  type WebhookFormat,
  webhookFilterNames,
  webhookFilters,
  webhookFormats,
  webhookGroups,
} from "./webhook-filters.ts";
