import type { Api, BodyOf } from "@quillon/contract";
import { needsText } from "@quillon/contract/needs-text";
import { type Command, Option } from "commander";
import { parsePack, repeated } from "../arguments.ts";
import type { GroupOptions } from "../group-edit.ts";
import { readRule, ruleText } from "../match-rule.ts";
import { signInTo } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say } from "../output.ts";
import { STACK, stackIn, stacksIn } from "../stack-name.ts";
import { groupStack, readGroupStacks, sayMatches } from "./group-stack.ts";

// What `quillon group` and `quillon policy group` do, each with its own words.

const RULE = "env=prod,team!=web OR owner, JSON as the Pulumi CLI takes it, or @FILE with such JSON";
const ACCOUNTS = "the server keeps it, and evaluates no accounts yet";

interface AddOptions extends GroupOptions {
  for?: "stacks" | "accounts";
  mode?: "preventative" | "audit";
  stackRule?: string;
  accountRule?: string;
  agentPoolId?: string;
}

/** What a group can be made with. */
export function withNewGroup(command: Command): Command {
  return command
    .addOption(new Option("--mode <mode>", "default: preventative for stacks").choices(["preventative", "audit"]))
    .option("--stack-rule <rule>", `give it all stacks whose tags match, in addition to its list: ${RULE}`)
    .option("--account-rule <rule>", `the same for accounts, in audit groups only; ${ACCOUNTS}`)
    .option("--agent-pool-id <id>", "an agent pool of Pulumi Cloud; the server keeps it, and has none");
}

export async function addGroup(name: string, options: AddOptions): Promise<void> {
  const { for: entityType, mode, agentPoolId, stackRule = "", accountRule = "" } = options;
  const stackMatchRule = await readRule(stackRule);
  const accountMatchRule = await readRule(accountRule, "InsightsAccount");
  const { client, orgName } = await signInTo(options);
  const body = {
    name,
    ...(entityType && { entityType }),
    ...(mode && { mode }),
    ...(agentPoolId && { agentPoolId }),
    ...(stackMatchRule && { stackMatchRule }),
    ...(accountMatchRule && { accountMatchRule }),
  };
  await client.call("POST /api/orgs/{orgName}/policygroups", { params: { orgName }, body });
  say(`Made policy group ${name} in ${orgName}.`);
  if (stackMatchRule) await sayMatches({ client, orgName }, name);
}

/** @param options with `stack`, only the groups that it is in. */
export async function readGroups(options: GroupOptions & { stack?: string }) {
  const { stack, ...named } = stackIn(options.stack, options);
  const { client, orgName } = await signInTo(named);
  const { policyGroups } = stack
    ? await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups", {
        params: { orgName, ...stack },
      })
    : await client.call("GET /api/orgs/{orgName}/policygroups", { params: { orgName } });
  return policyGroups;
}

export async function listGroups(options: GroupOptions & JsonOption & { stack?: string }): Promise<void> {
  printTable(options, await readGroups(options), ["GROUP", "MODE", "STACKS", "ACCOUNTS", "PACKS"], (group) => [
    group.name,
    group.mode,
    String(group.numStacks),
    String(group.numAccounts),
    String(group.numEnabledPolicyPacks),
  ]);
}

export async function showGroup(policyGroup: string, options: GroupOptions & JsonOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, policyGroup };
  const group = await client.call("GET /api/orgs/{orgName}/policygroups/{policyGroup}", { params });
  const packs = group.appliedPolicyPacks.map(
    ({ name, version, versionTag, follows, behind }) =>
      `${name}@${versionTag || version}${follows ? " (follows)" : ""}${behind ? ` (behind ${behind})` : ""}`,
  );
  const namesOf = (stacks: { name: string; routingProject: string }[] | undefined) =>
    stacks?.map(({ name, routingProject }) => `${routingProject}/${name}`).join(", ");
  printFacts(options, group, {
    Group: group.name,
    Mode: group.mode,
    "Not evaluated": group.notEvaluated,
    Packs: packs.join(", "),
    "Packs need": group.appliedPolicyPacks
      .flatMap(({ name, needs }) => (needs ? [`${name}: ${needsText(needs)}`] : []))
      .join("\n"),
    Selector: group.selector && JSON.stringify(group.selector),
    "Match rule": group.stackMatchRule && ruleText(group.stackMatchRule),
    "No selector": group.selector ? undefined : group.ruleNotWritten,
    "Account rule": group.accountMatchRule && JSON.stringify(group.accountMatchRule),
    Stacks: namesOf(group.isOrgDefault ? group.stacks : await readGroupStacks({ client, orgName }, policyGroup)),
    "Removed stacks": namesOf(group.excludedStacks),
    Accounts: group.accounts.join(", "),
  });
}

interface EditOptions extends GroupOptions {
  name?: string;
  addStack?: string[];
  removeStack?: string[];
  addPolicyPack?: string[];
  removePolicyPack?: string[];
  addInsightsAccount?: string[];
  removeInsightsAccount?: string[];
  stackRule?: string;
  accountRule?: string;
}

/** What of a group can be changed at once. */
export function withEdits(command: Command): Command {
  return command
    .option("--name <name>", "its new name")
    .addOption(repeated("--add-stack <stack>", `${STACK} that its list gets`))
    .addOption(repeated("--remove-stack <stack>", `${STACK} that its list loses`))
    .addOption(repeated("--add-policy-pack <pack>", "PACK@VERSION, or PACK for the newest version at this moment"))
    .addOption(repeated("--remove-policy-pack <pack>", "PACK, or PACK@VERSION for only that version"))
    .addOption(repeated("--add-insights-account <account>", `an account that it gets; ${ACCOUNTS}`))
    .addOption(repeated("--remove-insights-account <account>", "an account that it loses"))
    .option("--stack-rule <rule>", `replace its rule, or a selector: ${RULE}; '' removes it`)
    .option("--account-rule <rule>", `the same for accounts, in audit groups only; ${ACCOUNTS}`);
}

type Edit = BodyOf<Api["PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch"]>[number];

async function editsOf(options: EditOptions): Promise<{ org?: string; edits: Edit[] }> {
  const { name, stackRule, accountRule } = options;
  const stackMatchRule = await readRule(stackRule ?? "");
  const accountMatchRule = await readRule(accountRule ?? "", "InsightsAccount");
  const each = (given: string[] | undefined, edit: (text: string) => Edit) => (given ?? []).map(edit);
  const added = stacksIn(options.addStack ?? [], options);
  const removed = stacksIn(options.removeStack ?? [], added);
  const edits = [
    ...(name === undefined ? [] : [{ newName: name }]),
    ...added.stacks.map((stack) => ({ addStack: groupStack(stack) })),
    ...removed.stacks.map((stack) => ({ removeStack: groupStack(stack) })),
    ...each(options.addPolicyPack, (pack) => ({ addPolicyPack: parsePack(pack) })),
    ...each(options.removePolicyPack, (pack) => ({ removePolicyPack: parsePack(pack) })),
    ...each(options.addInsightsAccount, (account) => ({ addInsightsAccount: { name: account } })),
    ...each(options.removeInsightsAccount, (account) => ({ removeInsightsAccount: { name: account } })),
    ...(stackRule === undefined ? [] : [stackMatchRule ? { stackMatchRule } : { removeStackMatchRule: true }]),
    ...(accountRule === undefined ? [] : [accountMatchRule ? { accountMatchRule } : { removeAccountMatchRule: true }]),
  ];
  return { ...(removed.org && { org: removed.org }), edits };
}

/** All of the edit or nothing. */
export async function editGroup(policyGroup: string, options: EditOptions): Promise<void> {
  const { edits: body, ...named } = await editsOf(options);
  if (body.length === 0) throw new Error("Nothing to change: name at least one option.");
  const { client, orgName } = await signInTo(named);
  await client.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch", {
    params: { orgName, policyGroup },
    body,
  });
  say(`Changed policy group ${policyGroup}.`);
  if (options.stackRule) await sayMatches({ client, orgName }, options.name ?? policyGroup);
}

export async function removeGroup(policyGroup: string, options: GroupOptions): Promise<void> {
  const { client, orgName } = await signInTo(options);
  await client.call("DELETE /api/orgs/{orgName}/policygroups/{policyGroup}", { params: { orgName, policyGroup } });
  say(`Removed policy group ${policyGroup}.`);
}
