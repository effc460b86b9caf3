import { Command, Option } from "commander";
import { signInTo, withOrg } from "../organization.ts";
import { say } from "../output.ts";

type OrgOption = { org?: string };
type TeamRole = "member" | "admin";

/** `quillon team member add|set|rm`. */
export function teamMemberCommand(): Command {
  const add = withMember(new Command("add"))
    .description("add a member of the organization to a team")
    .action(addMember);
  const set = withMember(new Command("set"))
    .description("make somebody in a team its admin, or a member again")
    .addOption(new Option("--role <role>", "member or admin").choices(["member", "admin"]).makeOptionMandatory())
    .action(setMember);
  const remove = withMember(new Command("rm")).description("remove somebody from a team").action(removeMember);
  const commands = [add, set, remove];
  return commands.reduce((all, one) => all.addCommand(one), new Command("member").description("who is in a team"));
}

function withMember(command: Command): Command {
  return withOrg(command).argument("<team>").argument("<login>");
}

async function addMember(team: string, login: string, options: OrgOption): Promise<void> {
  await change(team, login, "add", options);
  say(`${login} is in team ${team} now.`);
}

async function setMember(team: string, login: string, options: OrgOption & { role: TeamRole }): Promise<void> {
  await change(team, login, options.role === "admin" ? "promote" : "demote", options);
  say(`${login} is ${options.role} of team ${team} now.`);
}

async function removeMember(team: string, login: string, options: OrgOption): Promise<void> {
  await change(team, login, "remove", options);
  say(`${login} is not in team ${team} any more.`);
}

async function change(
  teamName: string,
  member: string,
  memberAction: "add" | "remove" | "promote" | "demote",
  options: OrgOption,
): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const body = { member, memberAction };
  await client.call("PATCH /api/orgs/{orgName}/teams/{teamName}", { params: { orgName, teamName }, body });
}
