import { type SettingName, type Settings, settingTable } from "@quillon/server/settings";
import { Command, Option } from "commander";
import { errorMessage } from "../error-message.ts";
import { serverRotateKeyCommand } from "./server-rotate-key.ts";
import { serverUpgradeCommand } from "./server-upgrade.ts";

/** `quillon server`: each setting in the server's table is a flag, and the help names its variable. */
export function serverCommand(): Command {
  const command = new Command("server");
  for (const setting of Object.values(settingTable)) {
    if (!("flag" in setting)) continue;
    const { flag, value, help, variable } = setting;
    const fallback = "default" in setting ? `, default: ${setting.default}` : "";
    command.addOption(new Option(`--${flag} <${value}>`, `${help} (env: ${variable}${fallback})`));
  }
  const secrets = Object.values(settingTable).filter((setting) => !("flag" in setting));
  const lines = secrets.map(({ variable, help }) => `  ${variable.padEnd(26)} ${help}`);
  command.addHelpText(
    "after",
    `\nOnly as environment variables, because other users can read a command line:\n${lines.join("\n")}`,
  );
  // After such a command, --data is its own.
  command.enablePositionalOptions().action(runServer);
  return command.addCommand(serverRotateKeyCommand()).addCommand(serverUpgradeCommand());
}

async function runServer(flags: Partial<Record<SettingName, string>>): Promise<void> {
  const { readSettings, startServer } = await import("@quillon/server");
  const settings = readSettings(flags, process.env);
  const starting = startServer(settings);
  // From here on, because a start that ends in the middle could lose the first user's token. A second signal ends the process at once, for somebody who does not want to wait.
  const stop = () => {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    const close = starting.then(
      (server) => server.close(),
      () => {},
    );
    close.catch((error: unknown) => {
      process.stderr.write(`quillon: could not close cleanly: ${errorMessage(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const { url, bootstrapped } = await starting;
  process.stdout.write(`Quillon listens on ${url}\n`);
  if (bootstrapped) process.stdout.write(`${welcome(bootstrapped, settings)}\n`);
}

function welcome(
  { user, organization, token }: { user: string; organization: string; token: string },
  { bootstrapToken }: Settings,
): string {
  const access = bootstrapToken ? "The access token is the one given." : `Access token, shown this once: ${token}`;
  return `Made user ${user} and organization ${organization}. ${access}`;
}
