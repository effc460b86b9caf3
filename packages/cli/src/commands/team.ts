import { Command } from "commander";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { teamMemberCommand } from "./team-member.ts";
import { permissionName, teamStackCommand } from "./team-stack.ts";

type OrgOption = { org?: string };

interface Texts {
  displayName?: string;
  description?: string;
}

export function teamCommand(): Command {
  const add = withTexts(withOrg(new Command("add")))
    .description("make a team and become its first admin")
    .argument("<team>", "letters, digits, -, _ and .")
    .action(addTeam);
  const list = withOrg(withJson(new Command("ls")))
    .description("list the teams of an organization")
    .action(listTeams);
  const show = withOrg(withJson(new Command("show")))
    .description("show a team, its members, and its permissions on the stacks that you may read")
    .argument("<team>")
    .action(showTeam);
  const set = withTexts(withOrg(new Command("set")))
    .description("change the texts of a team")
    .argument("<team>")
    .action(setTeam);
  const remove = withOrg(new Command("rm"))
    .description("remove a team, its permissions and its access tokens")
    .argument("<team>")
    .action(removeTeam);
  const commands = [add, list, show, set, remove, teamMemberCommand(), teamStackCommand()];
  return commands.reduce((all, one) => all.addCommand(one), new Command("team"));
}

function withTexts(command: Command): Command {
  return command
    .option("--display-name <text>", "its name for people")
    .option("--description <text>", "what it is for");
}

async function addTeam(name: string, { displayName, description, ...options }: OrgOption & Texts): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const body = {
    name,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
  };
  await client.call("POST /api/orgs/{orgName}/teams/pulumi", { params: { orgName }, body });
  say(`Made team ${name} in ${orgName}.`);
}

async function listTeams(options: OrgOption & JsonOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const { teams } = await client.call("GET /api/orgs/{orgName}/teams", { params: { orgName } });
  printTable(options, teams, ["TEAM", "NAME", "YOU", "DESCRIPTION"], (team) => [
    team.name,
    team.displayName,
    team.userRole,
    team.description,
  ]);
}

async function showTeam(teamName: string, options: OrgOption & JsonOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const team = await client.call("GET /api/orgs/{orgName}/teams/{teamName}", { params: { orgName, teamName } });
  const members = team.members?.map(({ githubLogin, role }) => `${githubLogin} (${role})`);
  const stacks = team.stacks?.map(
    ({ projectName, stackName, permission }) => `${projectName}/${stackName} (${permissionName(permission)})`,
  );
  printFacts(options, team, {
    Team: team.name,
    Name: team.displayName,
    Description: team.description,
    Members: members?.join(", "),
    Stacks: stacks?.join(", "),
  });
}

async function setTeam(teamName: string, { displayName, description, ...options }: OrgOption & Texts): Promise<void> {
  if (displayName === undefined && description === undefined)
    throw new Error("Nothing to change: give --display-name or --description.");
  const { client, orgName } = await signInTo(options);
  const body = {
    ...(displayName !== undefined && { newDisplayName: displayName }),
    ...(description !== undefined && { newDescription: description }),
  };
  await client.call("PATCH /api/orgs/{orgName}/teams/{teamName}", { params: { orgName, teamName }, body });
  say(`Changed team ${teamName}.`);
}

async function removeTeam(teamName: string, options: OrgOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  await client.call("DELETE /api/orgs/{orgName}/teams/{teamName}", { params: { orgName, teamName } });
  say(`Removed team ${teamName}.`);
}
