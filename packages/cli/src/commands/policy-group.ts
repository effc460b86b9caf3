import { Command } from "commander";
import { type GroupOptions, withGroup } from "../group-edit.ts";
import { withSignIn } from "../organization.ts";
import { confirm, type JsonOption, printTable, withJson } from "../output.ts";
import { stacksIn } from "../stack-name.ts";
import { addGroup, editGroup, readGroups, removeGroup, showGroup, withEdits, withNewGroup } from "./group-actions.ts";

/** `quillon policy group`, with the words of the Pulumi CLI for what `quillon group` does. */
export function policyGroupCommand(): Command {
  const ls = withSignIn(new Command("ls").alias("list"))
    .description("list the policy groups of an organization")
    .argument("[org]", "the organization (default: your default one)")
    .option("-j, --json", "print JSON")
    .action(list);
  const make = withNewGroup(withGroup(withJson(new Command("new").aliases(["create", "setup"]))))
    .description("make a policy group, and show it")
    .option("-y, --yes", "as for the Pulumi CLI: nothing is asked without it, either")
    .action(thenShow(addGroup));
  const get = withGroup(withJson(new Command("get")))
    .description("show a policy group: its stacks, its rule and its packs")
    .action(showGroup);
  const edit = withEdits(withGroup(withJson(new Command("edit").aliases(["update", "modify"]))))
    .description("change a policy group, all of it or nothing, and show it; what is not named stays")
    .action(thenShow(editGroup));
  const remove = withGroup(new Command("remove").aliases(["rm", "delete"]))
    .description("remove a policy group; its packs stay published")
    .option("-y, --yes", "ask nothing")
    .action(removeWhenSure);
  const commands = [ls, make, get, edit, remove];
  const group = new Command("group").description("policy groups, as quillon group, with the words of the Pulumi CLI");
  return commands.reduce((all, one) => all.addCommand(one), group);
}

/** What the Pulumi CLI has comes first, in JSON too. */
async function list(org: string | undefined, options: JsonOption): Promise<void> {
  const groups = await readGroups(org ? { org } : {});
  const listed = groups.map(({ name, ...group }) => ({
    name,
    default: group.isOrgDefault,
    numPolicyPacks: group.numEnabledPolicyPacks,
    ...group,
  }));
  const headings = ["NAME", "DEFAULT", "ENABLED POLICY PACKS", "STACKS", "ACCOUNTS", "MODE"];
  printTable(options, listed, headings, (group) => [
    group.name,
    group.isOrgDefault ? "Y" : "N",
    String(group.numPolicyPacks),
    String(group.numStacks),
    String(group.numAccounts),
    group.mode,
  ]);
}

type ShowOptions = GroupOptions & JsonOption & { name?: string; addStack?: string[]; removeStack?: string[] };

function thenShow(change: (group: string, options: GroupOptions) => Promise<void>) {
  return async (group: string, options: ShowOptions): Promise<void> => {
    await change(group, options);
    const { org } = stacksIn([...(options.addStack ?? []), ...(options.removeStack ?? [])], options);
    await showGroup(options.name ?? group, { ...options, ...(org && { org }) });
  };
}

async function removeWhenSure(group: string, { yes, ...options }: GroupOptions & { yes?: true }): Promise<void> {
  const what = `policy group ${group}`;
  await confirm(yes, `Remove ${what}?`, `Nobody can be asked whether to remove ${what}: do it with --yes.`);
  await removeGroup(group, options);
}
