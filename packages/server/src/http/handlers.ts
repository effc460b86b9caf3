import { followHandlers } from "./api/audit-logs.ts";
import { checkHandlers } from "./api/checks.ts";
import { complianceHandlers } from "./api/compliance.ts";
import { deletedStackHandlers } from "./api/deleted-stacks.ts";
import { elsewhereHandlers } from "./api/elsewhere.ts";
import { exceptionOverviewHandlers } from "./api/exception-overview.ts";
import { exceptionHandlers } from "./api/exceptions.ts";
import { findingGroupHandlers } from "./api/finding-groups.ts";
import { findingRuleHandlers } from "./api/finding-rule.ts";
import { findingHandlers } from "./api/findings.ts";
import { organizationHandlers } from "./api/organizations.ts";
import { overviewHandlers } from "./api/overview.ts";
import { packContentsHandlers } from "./api/pack-contents.ts";
import { packHealthHandlers } from "./api/pack-health.ts";
import { packOverviewHandlers } from "./api/pack-overview.ts";
import { groupExtraHandlers } from "./api/policy-groups.ts";
import { predictionHandlers } from "./api/predictions.ts";
import { receiptHandlers } from "./api/receipts.ts";
import { reportHandlers } from "./api/reports.ts";
import { searchHandlers } from "./api/search.ts";
import { serverHandlers } from "./api/server.ts";
import { sessionHandlers } from "./api/session.ts";
import { stackActivityHandlers } from "./api/stack-activity.ts";
import { orgUserHandlers } from "./api/users.ts";
import { operationsHandlers } from "./operations.ts";
import { auditLogHandlers } from "./pulumi/audit-logs.ts";
import { changeRequestHandlers } from "./pulumi/change-requests.ts";
import { memberHandlers } from "./pulumi/members.ts";
import { policyComplianceHandlers } from "./pulumi/policy-compliance.ts";
import { policyExceptionHandlers } from "./pulumi/policy-exceptions.ts";
import { policyGroupHandlers } from "./pulumi/policy-groups.ts";
import { policyIssueHandlers } from "./pulumi/policy-issues.ts";
import { policyPackHandlers } from "./pulumi/policy-packs.ts";
import { registryHandlers } from "./pulumi/registry.ts";
import { secretHandlers } from "./pulumi/secrets.ts";
import { stackHandlers } from "./pulumi/stacks.ts";
import { teamHandlers } from "./pulumi/teams.ts";
import { tokenHandlers } from "./pulumi/tokens.ts";
import { updateHandlers } from "./pulumi/updates.ts";
import { userHandlers } from "./pulumi/user.ts";
import { webhookHandlers } from "./pulumi/webhooks.ts";
import type { Handlers } from "./route.ts";

/** The handler of every route of the contract. */
export const handlers: Handlers = {
  ...operationsHandlers,
  ...userHandlers,
  ...sessionHandlers,
  ...serverHandlers,
  ...orgUserHandlers,
  ...organizationHandlers,
  ...memberHandlers,
  ...teamHandlers,
  ...tokenHandlers,
  ...stackHandlers,
  ...stackActivityHandlers,
  ...deletedStackHandlers,
  ...elsewhereHandlers,
  ...checkHandlers,
  ...secretHandlers,
  ...updateHandlers,
  ...policyPackHandlers,
  ...policyGroupHandlers,
  ...groupExtraHandlers,
  ...policyIssueHandlers,
  ...policyExceptionHandlers,
  ...exceptionOverviewHandlers,
  ...exceptionHandlers,
  ...changeRequestHandlers,
  ...packHealthHandlers,
  ...packContentsHandlers,
  ...packOverviewHandlers,
  ...overviewHandlers,
  ...searchHandlers,
  ...findingHandlers,
  ...findingGroupHandlers,
  ...findingRuleHandlers,
  ...predictionHandlers,
  ...receiptHandlers,
  ...reportHandlers,
  ...policyComplianceHandlers,
  ...complianceHandlers,
  ...auditLogHandlers,
  ...followHandlers,
  ...registryHandlers,
  ...webhookHandlers,
};
