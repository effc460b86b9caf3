import type { Role } from "@quillon/contract";
import { ApiError } from "@quillon/contract/client";
import { Command, Option } from "commander";
import { roles } from "../choices.ts";
import { signInTo, withOrg, withSignIn } from "../organization.ts";
import { type JsonOption, printTable, say, withJson } from "../output.ts";
import { readPages } from "../pages.ts";
import { signIn } from "../session.ts";
import { userTokenCommand } from "./user-token.ts";

type OrgOption = { org?: string };

export function userCommand(): Command {
  const add = withSignIn(new Command("add"))
    .description(
      "add a user to an organization; a user who is new to the server is made, and their access token is printed",
    )
    .argument("<name>", "login of the user")
    .requiredOption("--org <org>", "the organization")
    .addOption(roleOption().default("member"))
    .action(addUser);
  const list = withOrg(withJson(new Command("ls")))
    .description("list the members of an organization")
    .action(listUsers);
  const set = withOrg(new Command("set"))
    .description("change the role of a member")
    .argument("<login>", "login of the member")
    .addOption(roleOption().makeOptionMandatory())
    .action(setUser);
  const remove = withOrg(new Command("rm"))
    .description("remove a member from an organization and its teams; they stay a user of the server")
    .argument("<login>", "login of the member")
    .action(removeUser);
  const commands = [add, list, set, remove, userTokenCommand()];
  return commands.reduce((all, one) => all.addCommand(one), new Command("user"));
}

function roleOption(): Option {
  return new Option("--role <role>", "what they may do").choices(roles);
}

async function addUser(login: string, { org, role }: { org: string; role: Role }): Promise<void> {
  const client = await signIn();
  try {
    const { token } = await client.call("POST /api/orgs/{orgName}/users", {
      params: { orgName: org },
      body: { login, role },
    });
    say(`Added ${login} to ${org} as ${role}. Their access token, shown this once:`);
    process.stdout.write(`${token}\n`);
  } catch (error) {
    if (!(error instanceof ApiError && error.id === "login_taken")) throw error;
    const params = { orgName: org, userLogin: login };
    await client.call("POST /api/orgs/{orgName}/members/{userLogin}", { params, body: { role } });
    say(`${login} was on this server already and is now in ${org} as ${role}, with the tokens they have.`);
  }
}

async function listUsers(options: OrgOption & JsonOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const members = await readPages(async (continuationToken) => {
    const query = continuationToken ? { continuationToken } : {};
    const page = await client.call("GET /api/orgs/{orgName}/members", { params: { orgName }, query });
    return { items: page.members, continuationToken: page.continuationToken };
  });
  printTable(options, members, ["LOGIN", "ROLE", "SINCE"], ({ user, fgaRole, created }) => [
    user.githubLogin,
    fgaRole.id,
    created.slice(0, 10),
  ]);
}

async function setUser(login: string, options: OrgOption & { role: Role }): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, userLogin: login };
  await client.call("PATCH /api/orgs/{orgName}/members/{userLogin}", { params, body: { role: options.role } });
  say(`${login} is ${options.role} in ${orgName} now.`);
}

async function removeUser(login: string, options: OrgOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, userLogin: login };
  await client.call("DELETE /api/orgs/{orgName}/members/{userLogin}", { params });
  say(`Removed ${login} from ${orgName}.`);
}
