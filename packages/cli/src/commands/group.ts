import { Command, Option } from "commander";
import { type GroupOptions, patchGroup, withGroup } from "../group-edit.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, say, withJson } from "../output.ts";
import { STACK } from "../stack-name.ts";
import { addGroup, editGroup, listGroups, removeGroup, showGroup, withEdits, withNewGroup } from "./group-actions.ts";
import { groupPackCommand } from "./group-pack.ts";
import { groupSelectorCommand } from "./group-selector.ts";
import { groupStackCommand } from "./group-stack.ts";
import { groupWhyCommand } from "./group-why.ts";

export function groupCommand(): Command {
  const add = withNewGroup(withGroup(new Command("add").alias("new")))
    .description("make a policy group")
    .addOption(new Option("--for <what>", "what it holds").choices(["stacks", "accounts"]).default("stacks"))
    .action(addGroup);
  const list = withOrg(withJson(new Command("ls")))
    .description("list the policy groups of an organization, or those that a stack is in")
    .option("--stack <stack>", STACK)
    .action(listGroups);
  const show = withGroup(withJson(new Command("show")))
    .description("show a policy group: its stacks, its rule and its packs")
    .action(showGroup);
  const edit = withEdits(withGroup(new Command("edit")))
    .description("change a policy group; what is not named stays")
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

async function renameGroup(policyGroup: string, newName: string, options: GroupOptions): Promise<void> {
  await patchGroup(policyGroup, { newName }, options);
  say(`Policy group ${policyGroup} is ${newName} now.`);
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
