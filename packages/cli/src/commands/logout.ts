import { Command } from "commander";
import { changeCredentials, forget, readCredentials, readRemembered } from "../credentials.ts";
import { say } from "../output.ts";
import { isService, nameOfServer } from "../session.ts";

/** `quillon logout`. */
export function logoutCommand(): Command {
  return new Command("logout")
    .argument("[url]", "the server (default: the one that quillon login was for, else the Pulumi CLI's)")
    .addHelpText(
      "after",
      `
The access token itself stays valid. \`quillon token revoke\` ends it.`,
    )
    .action(logOut);
}

async function logOut(given: string | undefined): Promise<void> {
  const { env } = process;
  const { server } = await readRemembered(env);
  const { current, accounts } = await readCredentials(env);
  const url = given ?? server ?? (isService(current) ? current : undefined);
  const name = url && nameOfServer(url);
  if (!name || (!accounts?.[name] && server !== name))
    throw new Error(name ? `You are not logged in to ${name}.` : "You are not logged in.");
  await changeCredentials(env, ({ current, accounts, ...rest }) => {
    const others = Object.entries(accounts ?? {}).filter(([one]) => one !== name);
    return { ...rest, ...(current !== name && current && { current }), accounts: Object.fromEntries(others) };
  });
  if (server === name) await forget(env);
  say(`Logged out of ${name}.`);
}
