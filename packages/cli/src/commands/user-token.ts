import { settingTable } from "@quillon/server/settings";
import { Command, Option } from "commander";

const { data } = settingTable;

const WHERE = `
It needs no access token, but the server's own data, so run it on the server's machine. With the embedded database, stop the
server first. With PostgreSQL, set QUILLON_DATABASE_URL and QUILLON_MASTER_KEY; the server may run.`;

/** `quillon user token`: for an operator, when somebody has lost every access token. */
export function userTokenCommand(): Command {
  return new Command("token")
    .description("make a new access token for a user who has lost theirs, and print it (on the server's machine)")
    .argument("<login>", "login of the user")
    .addOption(
      new Option(`--${data.flag} <${data.value}>`, `${data.help} (env: ${data.variable}, default: ${data.default})`),
    )
    .addHelpText("after", WHERE)
    .action(makeToken);
}

async function makeToken(login: string, flags: { data?: string }): Promise<void> {
  const { makeUserToken, readSettings } = await import("@quillon/server");
  const token = await makeUserToken(readSettings(flags, process.env), login);
  process.stderr.write(`Made an access token for ${login}; the older ones still work. Its value, shown this once:\n`);
  process.stdout.write(`${token}\n`);
}
