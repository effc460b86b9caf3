import type { Client } from "@quillon/contract/client";
import type { Command } from "commander";
import { signIn } from "./session.ts";

const SIGN_IN = `
Signs in with QUILLON_TOKEN to QUILLON_URL, else with PULUMI_ACCESS_TOKEN to PULUMI_BACKEND_URL where that is a service, else with the login of
\`quillon login\` or \`pulumi login\`.`;

/** Adds to the help how the command signs in. */
export function withSignIn(command: Command): Command {
  return command.addHelpText("after", SIGN_IN);
}

/** A command about things of one organization. */
export function withOrg(command: Command): Command {
  return withSignIn(command.option("--org <org>", "the organization (default: your default one)"));
}

/** A client, and the organization that the command is about. */
export async function signInTo({ org }: { org?: string }): Promise<{ client: Client; orgName: string }> {
  const client = await signIn();
  return { client, orgName: await organizationOf(client, org || undefined) };
}

/** The named organization, or the default one. */
export async function organizationOf(client: Client, named: string | undefined): Promise<string> {
  return named ?? (await client.call("GET /api/user/organizations/default", {})).GitHubLogin;
}
