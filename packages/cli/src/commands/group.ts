import { Command, Option } from "commander";
import { parseStack } from "../arguments.ts";
import { type GroupOptions, patchGroup, withGroup } from "../group-edit.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { groupPackCommand } from "./group-pack.ts";
import { groupSelectorCommand } from "./group-selector.ts";
import { groupStackCommand, readGroupStacks } from "./group-stack.ts";
import { groupWhyCommand } from "./group-why.ts";

export function groupCommand(): Command {
  const add = withGroup(new Command("add"))
    .description("make a policy group")
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
  const commands = [add, list, show, rename, remove, ...parts, coverage];
  const group = new Command("group").description("policy groups: which stacks run which policy packs");
  return commands.reduce((all, one) => all.addCommand(one), group);
}

type AddOptions = GroupOptions & { for: "stacks" | "accounts"; mode?: "preventative" | "audit" };

async function addGroup(name: string, { for: entityType, mode, ...options }: AddOptions): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const body = { name, entityType, ...(mode && { mode }) };
  await client.call("POST /api/orgs/{orgName}/policygroups", { params: { orgName }, body });
  say(`Made policy group ${name} in ${orgName}.`);
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
    Selector: group.selector && JSON.stringify(group.selector),
    "Match rule": group.selector ? undefined : group.stackMatchRule && JSON.stringify(group.stackMatchRule),
    "Account rule": group.accountMatchRule && JSON.stringify(group.accountMatchRule),
    Stacks: namesOf(group.isOrgDefault ? group.stacks : await readGroupStacks({ client, orgName }, policyGroup)),
    "Removed stacks": namesOf(group.excludedStacks),
    Accounts: group.accounts.join(", "),
  });
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
