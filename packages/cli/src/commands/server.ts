import { type SettingName, settingTable } from "@quillon/server/settings";
import { Command, Option } from "commander";
import { explain } from "../explain.ts";

/** `quillon server`: every setting of the server's own table as a flag, and its variable in the help. */
export function serverCommand(): Command {
  const command = new Command("server").description("run the control plane that the Pulumi CLI logs in to");
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
    `\nOnly by environment variable, for a command line is no place for secrets:\n${lines.join("\n")}`,
  );
  return command.action(runServer);
}

async function runServer(flags: Partial<Record<SettingName, string>>): Promise<void> {
  const { readSettings, startServer } = await import("@quillon/server");
  const server = await startServer(readSettings(flags, process.env));
  process.stdout.write(`Quillon listens on ${server.url}\n`);
  if (server.bootstrapped) process.stdout.write(`${welcome(server.bootstrapped)}\n`);
  // Once: a second signal, from somebody who will not wait, then ends the process as signals do.
  const stop = () => {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    server.close().catch((error: unknown) => {
      process.stderr.write(`quillon: could not close cleanly: ${explain(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}

function welcome({ user, organization, token }: { user: string; organization: string; token: string }): string {
  const given = process.env.QUILLON_BOOTSTRAP_TOKEN !== undefined;
  const access = given ? "The access token is the one given." : `Access token, shown this once: ${token}`;
  return `Made user ${user} and organization ${organization}. ${access}`;
}
