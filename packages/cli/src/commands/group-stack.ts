import { Command, Option } from "commander";
import { type GroupOptions, patchGroup, withGroup } from "../group-edit.ts";
import { signInTo } from "../organization.ts";
import { type JsonOption, printTable, say, withJson } from "../output.ts";
import { readPages } from "../pages.ts";
import { STACK, type StackName, stackIn } from "../stack-name.ts";

/** `quillon group stack add|rm|ls`. */
export function groupStackCommand(): Command {
  const add = withStack(new Command("add")).description("add a stack to a policy group").action(addStack);
  const remove = withStack(new Command("rm")).description("remove a stack from a policy group").action(removeStack);
  const list = withGroup(withJson(new Command("ls")))
    .description("list the stacks of a policy group, and whether its list or its rule has them")
    .addOption(new Option("--source <source>", "only these").choices(["explicit", "rule"]))
    .action(listStacks);
  const commands = [add, remove, list];
  return commands.reduce((all, one) => all.addCommand(one), new Command("stack").description("stacks of a group"));
}

function withStack(command: Command): Command {
  return withGroup(command).argument("<stack>", STACK);
}

/** As the routes of policy groups name it. */
export const groupStack = ({ projectName, stackName }: StackName) => ({ name: stackName, routingProject: projectName });

async function addStack(group: string, text: string, options: GroupOptions): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  await patchGroup(group, { addStack: groupStack(stack) }, named);
  say(`Stack ${text} is in policy group ${group} now.`);
}

async function removeStack(group: string, text: string, options: GroupOptions): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  await patchGroup(group, { removeStack: groupStack(stack) }, named);
  say(`Stack ${text} is not in policy group ${group} any more.`);
}

type ListOptions = GroupOptions & JsonOption & { source?: "explicit" | "rule" };

async function listStacks(policyGroup: string, { source, ...options }: ListOptions): Promise<void> {
  const stacks = await readGroupStacks(await signInTo(options), policyGroup, source);
  printTable(options, stacks, ["STACK", "SOURCE"], (stack) => [`${stack.routingProject}/${stack.name}`, stack.source]);
}

/** Which stacks a group's rule takes in at this moment, because a mistake in a rule takes in none. The group has been changed before. */
export async function sayMatches(
  { client, orgName }: Awaited<ReturnType<typeof signInTo>>,
  policyGroup: string,
): Promise<void> {
  const params = { orgName, policyGroup };
  const page = await client
    .call("GET /api/orgs/{orgName}/policygroups/{policyGroup}/stacks", { params, query: { source: "rule" } })
    .catch(() => undefined);
  if (!page) return say("Which stacks its rule takes in could not be read.");
  const names = page.stacks.slice(0, TOLD).map(({ routingProject, name }) => `${routingProject}/${name}`);
  const more = page.stacks.length > TOLD || page.continuationToken ? " and more" : "";
  say(`Beside its list, its rule takes in ${names.join(", ") || "no stack"}${more} now.`);
}

const TOLD = 3;

/** The stacks of a group, those of its list and those of its rule. */
export function readGroupStacks(
  { client, orgName }: Awaited<ReturnType<typeof signInTo>>,
  policyGroup: string,
  source?: ListOptions["source"],
) {
  return readPages(async (continuationToken) => {
    const page = await client.call("GET /api/orgs/{orgName}/policygroups/{policyGroup}/stacks", {
      params: { orgName, policyGroup },
      query: { ...(source && { source }), ...(continuationToken && { continuationToken }) },
    });
    return { items: page.stacks, continuationToken: page.continuationToken };
  });
}
