import type { StackPermission } from "@quillon/contract";
import { Command, Option } from "commander";
import { stackPermissions } from "../choices.ts";
import { signIn } from "../session.ts";

export function orgCommand(): Command {
  const add = new Command("add")
    .description("make an organization and become its admin (for admins of the server, as its first user is)")
    .argument("<name>", "3 to 40 letters, digits, - and _")
    .action(addOrganization);
  const set = new Command("set")
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
  return new Command("org").description("organizations of the server").addCommand(add).addCommand(set);
}

async function addOrganization(name: string): Promise<void> {
  const client = await signIn();
  await client.call("POST /api/quillon/orgs", { body: { name } });
  process.stderr.write(`Made organization ${name}; you are its admin.\n`);
}

async function setOrganization(name: string, options: { defaultPermission: StackPermission }): Promise<void> {
  const client = await signIn();
  const body = { defaultStackPermission: options.defaultPermission };
  await client.call("PATCH /api/quillon/orgs/{orgName}", { params: { orgName: name }, body });
  process.stderr.write(`Members of ${name} have ${options.defaultPermission} permission on its stacks by default.\n`);
}
