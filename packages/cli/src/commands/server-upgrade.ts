import { Command } from "commander";
import { dataOption } from "./backup.ts";

const ABOUT = `
A server does this when it starts, too. The command is for those who want to see it done before: it needs no access token, but the server's own
data, so run it on the server's machine. Make a backup and stop all servers first, because an older one can't work with the newer schema. There is
no way back but the backup. A database that a newer Quillon has used is refused, and not changed.`;

/** `quillon server upgrade`: for an operator. */
export function serverUpgradeCommand(): Command {
  return new Command("upgrade")
    .description("bring the database to this version (on the server's machine)")
    .addOption(dataOption())
    .addHelpText("after", ABOUT)
    .action(upgrade);
}

async function upgrade(_: unknown, command: Command): Promise<void> {
  // `quillon server` has --data, too.
  const { data } = command.optsWithGlobals<{ data?: string }>();
  const server = await import("@quillon/server");
  const { from, to } = await server.upgrade(server.readSettings(data === undefined ? {} : { data }, process.env));
  process.stdout.write(
    from === to
      ? `The database has this version's schema already: ${to}.\n`
      : `The schema is ${to} now${from === undefined ? "" : `, and was ${from}`}. Start quillon server with the same settings.\n`,
  );
}
