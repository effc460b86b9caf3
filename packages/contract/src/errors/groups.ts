import { type ErrorTable, oneOf } from "./table.ts";

/** Errors about policy groups, and what they enable. */
export const groupsErrors = {
  group_not_found: {
    status: 404,
    message: (p: { group: string; organization: string }) =>
      `Policy group ${p.group} does not exist in organization ${p.organization}.`,
  },
  pack_not_enabled: {
    status: 404,
    message: (p: { pack: string; group: string; enabled: string | undefined }) =>
      `Policy pack ${p.pack} is not enabled in policy group ${p.group}${p.enabled ? `; version ${p.enabled} is` : ""}.`,
  },
  group_exists: {
    status: 409,
    message: (p: { group: string; organization: string }) =>
      `Organization ${p.organization} already has a policy group ${p.group}.`,
  },
  group_name_reserved: {
    status: 400,
    message: (p: { group: string }) =>
      `A policy group can't be called ${p.group}: that is a part of the API's own paths.`,
  },
  group_default: {
    status: 400,
    message: oneOf({
      removed: (p: { group: string }) =>
        `${p.group} is a default policy group, which every organization has: it can't be removed.`,
      renamed: (p: { group: string }) =>
        `${p.group} is a default policy group, which every organization has: it can't be renamed.`,
      mode: (p: { group: string }) =>
        `${p.group} is a default policy group, which every organization has: it can't have another mode.`,
      rule: (p: { group: string }) =>
        `${p.group} is a default policy group, which every organization has: it can't have a selector or a match rule.`,
    }),
  },
  group_entity_mismatch: {
    status: 400,
    message: oneOf({
      stacks: (p: { group: string }) => `Policy group ${p.group} takes accounts: stacks can't be in it.`,
      ruled_stacks: (p: { group: string }) =>
        `Policy group ${p.group} takes accounts: stacks can't be in it by a selector or a match rule.`,
      accounts: (p: { group: string }) =>
        `Policy group ${p.group} takes stacks: accounts can't be in it. Only groups in mode audit take accounts.`,
      account_rule: (p: { group: string }) =>
        `Policy group ${p.group} is preventative: it can't have a rule about accounts. Only groups in mode audit take accounts.`,
      preventative: (p: { group: string }) =>
        `Policy group ${p.group} can't be preventative: it is for accounts, which no update deploys. Its mode is audit.`,
    }),
  },
  group_edit_too_long: {
    status: 400,
    message: (p: { group: string; seconds: number }) =>
      `Nothing was changed: to change policy group ${p.group} in this way took more than ${p.seconds} seconds, in which others wait. Send fewer changes at once.`,
  },
  group_changed: {
    status: 409,
    message: (p: { group: string; by: string }) =>
      `Policy group ${p.group} was changed by ${p.by} since you read it, and what you sent would undo that. Read it again, then repeat your change.`,
  },
  group_unknown_members: {
    status: 400,
    message: oneOf({
      stack: (p: { stack: string; organization: string }) =>
        `Nothing was changed: organization ${p.organization} has no stack ${p.stack}.`,
      stacks: (p: { stacks: string; organization: string }) =>
        `Nothing was changed: organization ${p.organization} has no stacks ${p.stacks}.`,
    }),
  },
  group_stack_absent: {
    status: 404,
    message: (p: { stack: string; group: string }) => `Stack ${p.stack} is not in policy group ${p.group}.`,
  },
  group_stack_ruled: {
    status: 400,
    message: (p: { stack: string; group: string }) =>
      `Policy group ${p.group} has ${p.stack} by its rule, and only stacks in its list can be removed. Exclude it in the selector or stackMatchRule.`,
  },
  group_account_absent: {
    status: 404,
    message: (p: { account: string; group: string }) => `Account ${p.account} is not in policy group ${p.group}.`,
  },
  selector_invalid: {
    status: 400,
    message: oneOf({
      empty: (_: object) =>
        'The selector can\'t be used: neither "all" nor "any" has a condition. To select every stack, use {"project": "*"}.',
      condition_empty: (_: object) => "The selector can't be used: it has a condition that asks for nothing.",
      pattern: (p: { pattern: string }) =>
        `The selector can't be used: the pattern ${JSON.stringify(p.pattern)} ends in a backslash.`,
    }),
  },
  pack_config_invalid: {
    status: 400,
    message: (p: { pack: string; problems: string }) =>
      `The configuration of policy pack ${p.pack} is not valid: ${p.problems}.`,
  },
  pack_environments_unsupported: {
    status: 400,
    message: (p: { pack: string }) =>
      `Policy pack ${p.pack} was not changed: this server can't open ESC environments, so none may be added to a pack.`,
  },
  pack_follow_elsewhere: {
    status: 400,
    message: (p: { pack: string; group: string; follows: boolean }) =>
      `Policy pack ${p.pack} was not changed: this edit can't make policy group ${p.group} ${
        p.follows ? "follow it" : "stop following it"
      }. Leave follows out, and use PUT /api/quillon/orgs/ORG/policygroups/GROUP/policypacks/PACK/follow.`,
  },
  pack_listed_twice: {
    status: 400,
    message: (p: { pack: string }) => `Policy pack ${p.pack} is listed twice, and a group has one version of a pack.`,
  },
} as const satisfies ErrorTable;
