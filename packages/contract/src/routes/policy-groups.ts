import { Type } from "typebox";
import { Unsupported } from "../body-schema.ts";
import { MatchRule } from "../match-rule.ts";
import { GroupName, OrgName, OrgParams, StackParams, StackTags } from "../names.ts";
import { PackNeeds } from "../pack-needs.ts";
import { Empty, type Routes } from "../route.ts";
import { Selector } from "../selector.ts";
import { PolicyConfig } from "./policy-packs.ts";

export const GroupMode = Type.Union([Type.Literal("preventative"), Type.Literal("audit")]);
export const EntityType = Type.Union([Type.Literal("stacks"), Type.Literal("accounts")]);

export const GroupParams = Type.Object({ orgName: OrgName, policyGroup: GroupName });

/** A pack in a group. `versionTag` is the tag, or the integer as text. Empty means the newest version (or any, to remove it). */
export const PolicyPackMetadata = Type.Object({
  name: Type.String(),
  displayName: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer()),
  versionTag: Type.Optional(Type.String()),
  config: Type.Optional(Type.Union([PolicyConfig, Type.Null()])),
  environments: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  /** As read: refused when the pack would not follow as this says. */
  follows: Type.Optional(Type.Boolean()),
  /** As read; they say nothing about the edit. */
  behind: Type.Optional(Type.String()),
  needs: Type.Optional(PackNeeds),
});

const AppliedPolicyPack = Type.Object({
  name: Type.String(),
  displayName: Type.String(),
  version: Type.Integer(),
  versionTag: Type.String(),
  config: Type.Optional(PolicyConfig),
  environments: Type.Optional(Type.Array(Type.String())),
  /** The group changes to each new version automatically. */
  follows: Type.Optional(Type.Boolean()),
  /** With `follows`: the newest version, when it is not in effect because the configuration is not valid for it. */
  behind: Type.Optional(Type.String()),
  /** What a stack's machine needs for it. Missing where it is not known. */
  needs: Type.Optional(PackNeeds),
});

/** A stack in the form of Pulumi's API, without the organization. */
export const StackReference = Type.Object({ name: Type.String(), routingProject: Type.String() });
const SentStackReference = Type.Object({ name: Type.String(), routingProject: Type.Optional(Type.String()) });

const GroupSummary = Type.Object({
  name: Type.String(),
  isOrgDefault: Type.Boolean(),
  numStacks: Type.Integer(),
  numAccounts: Type.Integer(),
  entityType: EntityType,
  mode: GroupMode,
  numEnabledPolicyPacks: Type.Integer(),
  /** Why the group is not evaluated yet: a sentence for people. */
  notEvaluated: Type.Optional(Type.String()),
});

const PolicyGroup = Type.Object({
  name: Type.String(),
  isOrgDefault: Type.Boolean(),
  entityType: EntityType,
  mode: GroupMode,
  /** Those in its list. Those that are in it by its rule: `GET …/policygroups/{policyGroup}/stacks`. */
  stacks: Type.Array(StackReference),
  accounts: Type.Array(Type.String()),
  appliedPolicyPacks: Type.Array(AppliedPolicyPack),
  agentPoolId: Type.Optional(Type.String()),
  /** The group's rule about stacks, as it was sent, or written from its selector when tags alone say the same. */
  stackMatchRule: Type.Optional(MatchRule),
  /** Kept and shown as it was sent; nothing evaluates it. */
  accountMatchRule: Type.Optional(MatchRule),
  /** The group's rule about stacks, as it was sent, or written from its stackMatchRule when a selector says the same. */
  selector: Type.Optional(Selector),
  /** Why selector or stackMatchRule is not there although the group has a rule: a sentence for people. */
  ruleNotWritten: Type.Optional(Type.String()),
  /** Only in the default group: the stacks that were removed from it. */
  excludedStacks: Type.Optional(Type.Array(StackReference)),
  notEvaluated: Type.Optional(Type.String()),
});

const accountFacts = [
  "agentPoolID",
  "id",
  "ownedBy",
  "provider",
  "providerConfig",
  "providerEnvRef",
  "providerVersion",
  "scanStatus",
  "scheduledScanEnabled",
];
const AccountName = Type.String({ minLength: 1, maxLength: 200 });
/** Only the name of an account is stored. The other fields describe it in Pulumi's API. */
const AccountReference = Type.Object({
  name: AccountName,
  ...Object.fromEntries(accountFacts.map((fact) => [fact, Type.Optional(Type.Unknown())])),
});

const AgentPool = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** Conditions on tags in Pulumi's newer API. A group has one rule about stacks, so this replaces a selector. */
const MatchRules = {
  stackMatchRule: Type.Optional(Type.Union([MatchRule, Type.Null()])),
  accountMatchRule: Type.Optional(Type.Union([MatchRule, Type.Null()])),
};

/** Why something is in a group: because of its list, or of its rule. */
const MemberSource = Type.Union([Type.Literal("explicit"), Type.Literal("rule")]);

/** In a list by pages. */
export const Page = {
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  continuationToken: Type.Optional(Type.String()),
};

/** A part of the name of the project or the stack, in any case. With a slash both parts are looked for. */
export const StackSearch = Type.Optional(Type.String({ maxLength: 201, pattern: "^[^\\0]*$" }));

/** Of the stacks that a rule takes in. */
export const MatchCounts = {
  /** How many stacks the rule takes in, whatever is searched for; only on the first page. */
  matchedCount: Type.Optional(Type.Integer()),
  /** How many stacks the organization has; only on the first page. */
  totalCount: Type.Optional(Type.Integer()),
};

/**
 * CLI 3.220 adds and removes single items. Newer CLIs send lists, which replace what was there.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1095
 */
const GroupUpdate = Type.Object({
  newName: Type.Optional(Type.Union([GroupName, Type.Literal("")])),
  mode: Type.Optional(GroupMode),
  /** Null or "" removes it. */
  agentPoolId: AgentPool,
  addStack: Type.Optional(SentStackReference),
  removeStack: Type.Optional(SentStackReference),
  addPolicyPack: Type.Optional(PolicyPackMetadata),
  removePolicyPack: Type.Optional(PolicyPackMetadata),
  addInsightsAccount: Type.Optional(AccountReference),
  removeInsightsAccount: Type.Optional(AccountReference),
  stacks: Type.Optional(Type.Array(SentStackReference, { maxItems: 100_000 })),
  policyPacks: Type.Optional(Type.Array(PolicyPackMetadata, { maxItems: 1000 })),
  insightsAccounts: Type.Optional(Type.Array(AccountName, { maxItems: 10_000 })),
  /** Removes the group's rule, also one that is a selector. */
  removeStackMatchRule: Type.Optional(Type.Boolean()),
  removeAccountMatchRule: Type.Optional(Type.Boolean()),
  ...MatchRules,
  // What a GET answers and an edit can't take.
  name: Unsupported("group_name"),
  isOrgDefault: Unsupported("group_fixed"),
  entityType: Unsupported("group_fixed"),
  appliedPolicyPacks: Unsupported("group_packs"),
  accounts: Unsupported("group_accounts"),
  selector: Unsupported("group_selector"),
  excludedStacks: Unsupported("group_excluded"),
  notEvaluated: Unsupported("group_not_evaluated"),
  ruleNotWritten: Unsupported("group_rule_not_written"),
});

export const policyGroupRoutes = {
  "GET /api/orgs/{orgName}/policygroups": {
    summary: "List the policy groups of an organization",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({ policyGroups: Type.Array(GroupSummary) }),
  },
  "POST /api/orgs/{orgName}/policygroups": {
    summary: "Make a policy group",
    access: "org:policy",
    params: OrgParams,
    body: Type.Object({
      name: GroupName,
      /** Newer clients send only the mode. */
      entityType: Type.Optional(EntityType),
      mode: Type.Optional(GroupMode),
      agentPoolId: AgentPool,
      ...MatchRules,
    }),
    strict: true,
    raw: "json",
    reply: Empty,
  },
  "GET /api/orgs/{orgName}/policygroups/metadata": {
    summary: "Count the stacks, accounts and resources that an organization's policy groups cover",
    access: "org:member",
    params: OrgParams,
    reply: Type.Object({
      TotalStacks: Type.Integer(),
      ProtectedStacks: Type.Integer(),
      PreventativeStacks: Type.Integer(),
      AuditStacks: Type.Integer(),
      TotalStackResources: Type.Integer(),
      ProtectedStackResources: Type.Integer(),
      PreventativeStackResources: Type.Integer(),
      AuditStackResources: Type.Integer(),
      TotalAccounts: Type.Integer(),
      ProtectedAccounts: Type.Integer(),
      TotalAccountResources: Type.Integer(),
      ProtectedAccountResources: Type.Integer(),
    }),
  },
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}": {
    summary: "Get a policy group with its stacks, packs and configuration; send its ETag as If-Match in a change",
    access: "org:member",
    params: GroupParams,
    reply: PolicyGroup,
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}": {
    summary: "Change a policy group; if a part can't be applied, nothing is changed",
    access: "org:policy",
    params: GroupParams,
    body: GroupUpdate,
    strict: true,
    raw: "json",
    limit: "pack",
    reply: Empty,
  },
  "PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch": {
    summary: "Make several changes to a policy group in order; if one can't be applied, nothing is changed",
    access: "org:policy",
    params: GroupParams,
    body: Type.Array(GroupUpdate, { maxItems: 100 }),
    strict: true,
    raw: "json",
    limit: "pack",
    reply: Empty,
  },
  "DELETE /api/orgs/{orgName}/policygroups/{policyGroup}": {
    summary: "Remove a policy group; its packs stay published",
    access: "org:policy",
    params: GroupParams,
    reply: Empty,
  },
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}/stacks": {
    summary: "List the stacks that are in a policy group, and whether by its list or by its rule",
    access: "org:member",
    params: GroupParams,
    query: Type.Object({
      source: Type.Optional(MemberSource),
      ...Page,
    }),
    reply: Type.Object({
      stacks: Type.Array(
        Type.Object({
          name: Type.String(),
          routingProject: Type.String(),
          source: MemberSource,
          tags: StackTags,
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/orgs/{orgName}/policygroups/{policyGroup}/accounts": {
    summary: "List the accounts that are in a policy group by its list; rules about accounts are not evaluated",
    access: "org:member",
    params: GroupParams,
    query: Type.Object({ source: Type.Optional(MemberSource), ...Page }),
    reply: Type.Object({
      accounts: Type.Array(
        Type.Object({
          /** Its name, too: nothing else is known of an account. */
          id: Type.String(),
          name: Type.String(),
          source: MemberSource,
          tags: StackTags,
        }),
      ),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "POST /api/orgs/{orgName}/policygroups/accountmatchrule/preview": {
    summary: "Check an accountMatchRule, which can be kept and takes in no accounts, because there are none",
    access: "org:policy",
    params: OrgParams,
    query: Type.Object(Page),
    body: Type.Object({ accountMatchRule: MatchRule, search: Type.Optional(Type.String({ maxLength: 201 })) }),
    strict: true,
    raw: "json",
    reply: Type.Object({
      accounts: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), tags: StackTags })),
      matchedCount: Type.Optional(Type.Integer()),
      totalCount: Type.Optional(Type.Integer()),
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "POST /api/orgs/{orgName}/policygroups/stackmatchrule/preview": {
    summary: "List the stacks that a stackMatchRule takes in, without changing a policy group",
    access: "org:policy",
    params: OrgParams,
    query: Type.Object(Page),
    body: Type.Object({
      stackMatchRule: MatchRule,
      search: StackSearch,
    }),
    strict: true,
    raw: "json",
    reply: Type.Object({
      stacks: Type.Array(Type.Object({ name: Type.String(), routingProject: Type.String(), tags: StackTags })),
      ...MatchCounts,
      continuationToken: Type.Optional(Type.String()),
    }),
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups": {
    summary: "List the policy groups that a stack is in",
    access: "stack:read",
    params: StackParams,
    query: Type.Object({ mode: Type.Optional(GroupMode) }),
    reply: Type.Object({ policyGroups: Type.Array(GroupSummary) }),
  },
} as const satisfies Routes;
