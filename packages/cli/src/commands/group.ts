import { needsText } from "@quillon/contract/needs-text";
import { Command, Option } from "commander";
import { parseStack } from "../arguments.ts";
import { type GroupOptions, patchGroup, withGroup } from "../group-edit.ts";
import { readStackRule, ruleText } from "../match-rule.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { groupPackCommand } from "./group-pack.ts";
import { groupSelectorCommand } from "./group-selector.ts";
import { groupStackCommand, readGroupStacks, sayMatches } from "./group-stack.ts";
import { groupWhyCommand } from "./group-why.ts";

export function groupCommand(): Command {
  const add = withGroup(new Command("add").alias("new"))
    .description("make a policy group")
    .option("--stack-rule <rule>", `give it all stacks whose tags match, in addition to its list: ${RULE}`)
    .addOption(new Option("--for <what>", "what it holds").choices(["stacks", "accounts"]).default("stacks"))
    .addOption(new Option("--mode <mode>", "default: preventative for stacks").choices(["preventative", "audit"]))
    .action(addGroup);
  const list = withOrg(withJson(new Command("ls")))
    .description("list the policy groups of an organization, or those that a stack is in")
    .option("--stack <stack>", "PROJECT/STACK")
    .action(listGroups);
  const show = withGroup(withJson(new Command("show")))
    .description("show a policy group: its stacks, its rule and its packs")
    .action(showGroup);
  const edit = withGroup(new Command("edit"))
    .description("change the name or the rule of a policy group; what is not named stays")
    .option("--name <name>", "its new name")
    .option("--stack-rule <rule>", `replace its rule, or a selector: ${RULE}; '' removes it`)
    .action(editGroup);
  const rename = withGroup(new Command("rename"))
    .description("give a policy group another name")
    .argument("<new-name>")
    .action(renameGroup);
  const remove = withGroup(new Command("rm"))
    .description("remove a policy group; its packs stay published")
    .action(removeGroup);
  const coverage = withOrg(withJson(new Command("coverage")))
    .description("count the stacks, accounts and resources that policy groups cover")
    .action(showCoverage);
  const parts = [groupStackCommand(), groupSelectorCommand(), groupPackCommand(), groupWhyCommand()];
  const commands = [add, list, show, edit, rename, remove, ...parts, coverage];
  const group = new Command("group");
  return commands.reduce((all, one) => all.addCommand(one), group);
}

const RULE = "env=prod,team!=web OR owner, JSON as the Pulumi CLI takes it, or @FILE with such JSON";

type AddOptions = GroupOptions & { for: "stacks" | "accounts"; mode?: "preventative" | "audit"; stackRule?: string };

async function addGroup(name: string, { for: entityType, mode, stackRule, ...options }: AddOptions): Promise<void> {
  const stackMatchRule = stackRule === undefined ? undefined : await readStackRule(stackRule);
  const { client, orgName } = await signInTo(options);
  const body = { name, entityType, ...(mode && { mode }), ...(stackMatchRule && { stackMatchRule }) };
  await client.call("POST /api/orgs/{orgName}/policygroups", { params: { orgName }, body });
  say(`Made policy group ${name} in ${orgName}.`);
  if (stackMatchRule) await sayMatches({ client, orgName }, name);
}

async function listGroups(options: GroupOptions & JsonOption & { stack?: string }): Promise<void> {
  const stack = options.stack === undefined ? undefined : parseStack(options.stack);
  const { client, orgName } = await signInTo(options);
  const { policyGroups } = stack
    ? await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/policygroups", {
        params: { orgName, ...stack },
      })
    : await client.call("GET /api/orgs/{orgName}/policygroups", { params: { orgName } });
  printTable(options, policyGroups, ["GROUP", "MODE", "STACKS", "ACCOUNTS", "PACKS"], (group) => [
    group.name,
    group.mode,
    String(group.numStacks),
    String(group.numAccounts),
    String(group.numEnabledPolicyPacks),
  ]);
}

async function showGroup(policyGroup: string, options: GroupOptions & JsonOption): Promise<void> {
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

async function editGroup(
  policyGroup: string,
  { name: newName, stackRule, ...options }: GroupOptions & { name?: string; stackRule?: string },
): Promise<void> {
  if (newName === undefined && stackRule === undefined) throw new Error("Nothing to change: name at least one option.");
  const stackMatchRule = stackRule === undefined ? undefined : await readStackRule(stackRule);
  const edit = {
    ...(newName !== undefined && { newName }),
    ...(stackMatchRule ? { stackMatchRule } : stackRule !== undefined && { removeStackMatchRule: true as const }),
  };
  await patchGroup(policyGroup, edit, options);
  say(`Changed policy group ${policyGroup}.`);
  if (stackMatchRule) await sayMatches(await signInTo(options), newName ?? policyGroup);
}

async function renameGroup(policyGroup: string, newName: string, options: GroupOptions): Promise<void> {
  await patchGroup(policyGroup, { newName }, options);
  say(`Policy group ${policyGroup} is ${newName} now.`);
}

async function removeGroup(policyGroup: string, options: GroupOptions): Promise<void> {
  const { client, orgName } = await signInTo(options);
  await client.call("DELETE /api/orgs/{orgName}/policygroups/{policyGroup}", { params: { orgName, policyGroup } });
  say(`Removed policy group ${policyGroup}.`);
}

async function showCoverage(options: GroupOptions & JsonOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const counts = await client.call("GET /api/orgs/{orgName}/policygroups/metadata", { params: { orgName } });
  const of = (part: number, all: number) => `${part} of ${all}`;
  printFacts(options, counts, {
    Stacks: of(counts.ProtectedStacks, counts.TotalStacks),
    "Stacks that are stopped": of(counts.PreventativeStacks, counts.TotalStacks),
    Resources: of(counts.ProtectedStackResources, counts.TotalStackResources),
    Accounts: of(counts.ProtectedAccounts, counts.TotalAccounts),
  });
}
