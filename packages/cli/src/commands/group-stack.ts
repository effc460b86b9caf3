import { Command } from "commander";
import { parseGroupStack } from "../arguments.ts";
import { type GroupOptions, patchGroup, withGroup } from "../group-edit.ts";
import { say } from "../output.ts";

/** `quillon group stack add|rm`. */
export function groupStackCommand(): Command {
  const add = withStack(new Command("add")).description("add a stack to a policy group").action(addStack);
  const remove = withStack(new Command("rm")).description("remove a stack from a policy group").action(removeStack);
  const commands = [add, remove];
  return commands.reduce(
    (all, one) => all.addCommand(one),
    new Command("stack").description("single stacks of a group"),
  );
}

function withStack(command: Command): Command {
  return withGroup(command).argument("<stack>", "PROJECT/STACK");
}

async function addStack(group: string, stack: string, options: GroupOptions): Promise<void> {
  await patchGroup(group, { addStack: parseGroupStack(stack) }, options);
  say(`Stack ${stack} is in policy group ${group} now.`);
}

async function removeStack(group: string, stack: string, options: GroupOptions): Promise<void> {
  await patchGroup(group, { removeStack: parseGroupStack(stack) }, options);
  say(`Stack ${stack} is not in policy group ${group} any more.`);
}
