import { auditLogRoutes } from "./audit-logs.ts";
import { checkRoutes } from "./checks.ts";
import { complianceRoutes } from "./compliance.ts";
import { deletedStackRoutes } from "./deleted-stacks.ts";
import { elsewhereRoutes } from "./elsewhere.ts";
import { exceptionOverviewRoutes } from "./exception-overview.ts";
import { findingGroupRoutes } from "./finding-groups.ts";
import { findingRuleRoutes } from "./finding-rule.ts";
import { findingRoutes } from "./findings.ts";
import { groupExtraRoutes } from "./group-extras.ts";
import { memberRoutes } from "./members.ts";
import { operationsRoutes } from "./operations.ts";
import { organizationRoutes } from "./organizations.ts";
import { overviewRoutes } from "./overview.ts";
import { packContentsRoutes } from "./pack-contents.ts";
import { packHealthRoutes } from "./pack-health.ts";
import { packOverviewRoutes } from "./pack-overview.ts";
import { policyExceptionRoutes } from "./policy-exceptions.ts";
import { policyGroupRoutes } from "./policy-groups.ts";
import { policyPackRoutes } from "./policy-packs.ts";
import { policyResultRoutes } from "./policy-results.ts";
import { predictionRoutes } from "./predictions.ts";
import { receiptRuleRoutes } from "./receipt-rules.ts";
import { receiptRoutes } from "./receipts.ts";
import { registryRoutes } from "./registry.ts";
import { reportRoutes } from "./reports.ts";
import { searchRoutes } from "./search.ts";
import { secretRoutes } from "./secrets.ts";
import { serverRoutes } from "./server.ts";
import { sessionRoutes } from "./session.ts";
import { stackActivityRoutes } from "./stack-activity.ts";
import { stackRoutes } from "./stacks.ts";
import { teamRoutes } from "./teams.ts";
import { tokenRoutes } from "./tokens.ts";
import { updateRoutes } from "./updates.ts";
import { userRoutes } from "./user.ts";
import { webhookRoutes } from "./webhooks.ts";

/** Every route. Validation, types, the client and the OpenAPI document are made from this table. */
export const routes = {
  ...operationsRoutes,
  ...userRoutes,
  ...sessionRoutes,
  ...serverRoutes,
  ...organizationRoutes,
  ...memberRoutes,
  ...teamRoutes,
  ...tokenRoutes,
  ...stackRoutes,
  ...stackActivityRoutes,
  ...deletedStackRoutes,
  ...elsewhereRoutes,
  ...checkRoutes,
  ...secretRoutes,
  ...updateRoutes,
  ...policyPackRoutes,
  ...packHealthRoutes,
  ...packContentsRoutes,
  ...packOverviewRoutes,
  ...policyGroupRoutes,
  ...groupExtraRoutes,
  ...policyResultRoutes,
  ...policyExceptionRoutes,
  ...exceptionOverviewRoutes,
  ...overviewRoutes,
  ...searchRoutes,
  ...findingRoutes,
  ...findingGroupRoutes,
  ...findingRuleRoutes,
  ...predictionRoutes,
  ...receiptRoutes,
  ...receiptRuleRoutes,
  ...reportRoutes,
  ...complianceRoutes,
  ...auditLogRoutes,
  ...registryRoutes,
  ...webhookRoutes,
} as const;

export type Api = typeof routes;
export type RouteKey = keyof Api;
