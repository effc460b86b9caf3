import type { StackPermission } from "@quillon/contract";
import { Command, Option } from "commander";
import { stackPermissions } from "../choices.ts";
import { withSignIn } from "../organization.ts";
import { type JsonOption, printFacts, printTable, say, withJson } from "../output.ts";
import { signIn } from "../session.ts";

export function orgCommand(): Command {
  const add = withSignIn(new Command("add"))
    .description("make an organization and become its admin (for admins of the server, as its first user is)")
    .argument("<name>", "3 to 40 letters, digits, - and _")
    .action(addOrganization);
  const list = withSignIn(withJson(new Command("ls")))
    .description("list the organizations that you are in")
    .action(listOrganizations);
  const show = withSignIn(withJson(new Command("show")))
    .description("show an organization and its settings")
    .argument("<name>", "the organization")
    .action(showOrganization);
  const set = withSignIn(new Command("set"))
    .description("change an organization's settings")
    .argument("<name>", "the organization")
    .addOption(
      new Option(
        "--default-permission <permission>",
        "what members may do with a stack that they did not make and that no team of theirs was given",
      )
        .choices(stackPermissions)
        .makeOptionMandatory(),
    )
    .action(setOrganization);
  const commands = [add, list, show, set];
  return commands.reduce((all, one) => all.addCommand(one), new Command("org"));
}

async function addOrganization(name: string): Promise<void> {
  const client = await signIn();
  await client.call("POST /api/quillon/orgs", { body: { name } });
  say(`Made organization ${name}; you are its admin.`);
}

async function listOrganizations(options: JsonOption): Promise<void> {
  const { organizations } = await (await signIn()).call("GET /api/user", {});
  printTable(options, organizations, ["NAME"], ({ githubLogin }) => [githubLogin]);
}

async function showOrganization(orgName: string, options: JsonOption): Promise<void> {
  const org = await (await signIn()).call("GET /api/quillon/orgs/{orgName}", { params: { orgName } });
  printFacts(options, org, {
    Name: org.name,
    Made: org.created.slice(0, 10),
    "Default permission": org.defaultStackPermission,
  });
}

async function setOrganization(name: string, options: { defaultPermission: StackPermission }): Promise<void> {
  const client = await signIn();
  const body = { defaultStackPermission: options.defaultPermission };
  await client.call("PATCH /api/quillon/orgs/{orgName}", { params: { orgName: name }, body });
  say(`Members of ${name} have ${options.defaultPermission} permission on its stacks by default.`);
}
