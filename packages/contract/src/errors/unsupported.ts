import { oneOf } from "./table.ts";

const SELECTOR =
  "Give the group a selector: quillon group selector set GROUP JSON, or PUT /api/quillon/orgs/ORG/policygroups/GROUP/selector";

/** One sentence for each field that a route knows and can't take. */
const sentences = {
  group_name: (_: object) =>
    "Nothing was changed: name can't be set in an edit. To rename the policy group, send newName.",
  group_fixed: (_: object) =>
    "Nothing was changed: isOrgDefault and entityType can't be set in an edit, because a policy group is made with them. Leave them out.",
  group_packs: (_: object) =>
    "Nothing was changed: appliedPolicyPacks can't be set in an edit. Send the list as policyPacks.",
  group_accounts: (_: object) =>
    "Nothing was changed: accounts can't be set in an edit. Send the list as insightsAccounts.",
  group_selector: (_: object) => `Nothing was changed: selector can't be set in an edit. ${SELECTOR}.`,
  group_excluded: (_: object) =>
    "Nothing was changed: excludedStacks can't be set in an edit. Send removeStack to take a stack out of the default group, or addStack to take it back in.",
  group_not_evaluated: (_: object) =>
    "Nothing was changed: notEvaluated can't be set in an edit, because the server derives it from the group's mode. Leave it out.",
  group_rule_not_written: (_: object) =>
    "Nothing was changed: ruleNotWritten can't be set in an edit, because the server derives it from the group's rule. Leave it out.",
  environments: (_: object) =>
    "Nothing was changed: this server does not have Pulumi ESC environments, so a team can have no permission on one.",
  webhook_environment: (_: object) =>
    "Nothing was changed: this server does not have Pulumi ESC environments, so a webhook can't belong to one. Leave envName out.",
  token_projects: (_: object) =>
    "No access token was made: a person's token can't be limited to projects, because it acts as the person in all of their organizations. Make one of an organization or a team.",
  permission_set: (_: object) =>
    "Nothing was changed: this server does not have permission sets. Leave permissionSetName out, and send a permission of 0, 101, 102 or 103.",
};

export type UnsupportedField = keyof typeof sentences;

export const unsupportedErrors = { field_unsupported: { status: 400, message: oneOf(sentences) } } as const;
