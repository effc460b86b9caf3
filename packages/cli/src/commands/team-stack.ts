import { Command, Option } from "commander";
import { signInTo, withOrg } from "../organization.ts";
import { say } from "../output.ts";
import { STACK, stackIn } from "../stack-name.ts";

type OrgOption = { org?: string };

/** Pulumi's numbers of the permissions. */
const numbers = { read: 101, write: 102, admin: 103 } as const;
type Permission = keyof typeof numbers;

export function permissionName(number: number): string {
  return Object.entries(numbers).find(([, value]) => value === number)?.[0] ?? "none";
}

/** `quillon team stack set|rm`. */
export function teamStackCommand(): Command {
  const set = withStack(new Command("set"))
    .description("give a team a permission on a stack that you administer")
    .addOption(
      new Option("--permission <permission>", "what the team may do with it")
        .choices(Object.keys(numbers))
        .makeOptionMandatory(),
    )
    .action(setStack);
  const remove = withStack(new Command("rm")).description("take a stack away from a team").action(removeStack);
  const commands = [set, remove];
  return commands.reduce(
    (all, one) => all.addCommand(one),
    new Command("stack").description("which stacks a team has"),
  );
}

function withStack(command: Command): Command {
  return withOrg(command).argument("<team>").argument("<stack>", STACK);
}

async function setStack(team: string, text: string, options: OrgOption & { permission: Permission }): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  const addStackPermission = { ...stack, permission: numbers[options.permission] };
  const { client, orgName } = await signInTo(named);
  const params = { orgName, teamName: team };
  await client.call("PATCH /api/orgs/{orgName}/teams/{teamName}", { params, body: { addStackPermission } });
  say(`Team ${team} has ${options.permission} permission on ${text} now.`);
}

async function removeStack(team: string, text: string, options: OrgOption): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  const { client, orgName } = await signInTo(named);
  const params = { orgName, teamName: team };
  await client.call("PATCH /api/orgs/{orgName}/teams/{teamName}", { params, body: { removeStack: stack } });
  say(`Team ${team} has no permission on ${text} any more.`);
}
