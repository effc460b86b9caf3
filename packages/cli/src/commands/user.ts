import type { Role } from "@quillon/contract";
import { ApiError } from "@quillon/contract/client";
import { Command, Option } from "commander";
import { roles } from "../choices.ts";
import { signIn } from "../session.ts";
import { userTokenCommand } from "./user-token.ts";

interface AddOptions {
  org: string;
  role: Role;
}

export function userCommand(): Command {
  const add = new Command("add")
    .description(
      "add a user to an organization; a user who is new to the server is made, and their access token is printed",
    )
    .argument("<name>", "login of the user")
    .requiredOption("--org <org>", "the organization")
    .addOption(new Option("--role <role>", "what they may do").choices(roles).default("member"))
    .action(addUser);
  return new Command("user").description("users of an organization").addCommand(add).addCommand(userTokenCommand());
}

async function addUser(login: string, { org, role }: AddOptions): Promise<void> {
  const client = await signIn();
  try {
    const { token } = await client.call("POST /api/orgs/{orgName}/users", {
      params: { orgName: org },
      body: { login, role },
    });
    process.stderr.write(`Added ${login} to ${org} as ${role}. Their access token, shown this once:\n`);
    process.stdout.write(`${token}\n`);
  } catch (error) {
    if (!(error instanceof ApiError && error.id === "login_taken")) throw error;
    const params = { orgName: org, userLogin: login };
    await client.call("POST /api/orgs/{orgName}/members/{userLogin}", { params, body: { role } });
    process.stderr.write(
      `${login} was on this server already and is now in ${org} as ${role}, with the tokens they have.\n`,
    );
  }
}
