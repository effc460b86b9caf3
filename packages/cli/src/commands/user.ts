import { Command, Option } from "commander";
import { signIn } from "../session.ts";

interface AddOptions {
  org: string;
  role: "admin" | "policy-manager" | "member";
}

export function userCommand(): Command {
  const add = new Command("add")
    .description("make a user, put them in an organization, and print an access token of theirs")
    .argument("<name>", "login of the user")
    .requiredOption("--org <org>", "the organization")
    .addOption(
      new Option("--role <role>", "what they may do").choices(["admin", "policy-manager", "member"]).default("member"),
    )
    .action(addUser);
  return new Command("user").description("users of an organization").addCommand(add);
}

async function addUser(login: string, { org, role }: AddOptions): Promise<void> {
  const client = await signIn();
  const { token } = await client.call("POST /api/orgs/{orgName}/users", {
    params: { orgName: org },
    body: { login, role },
  });
  process.stderr.write(`Added ${login} to ${org} as ${role}. Their access token, shown this once:\n`);
  process.stdout.write(`${token}\n`);
}
