import { count } from "@quillon/report";
import { settingTable } from "@quillon/server/settings";
import { Command, Option } from "commander";
import { ANSWER_IS_NO } from "../exit-codes.ts";

const { data } = settingTable;

const ABOUT = `
It needs no access token, but the server's own data: run it on the server's machine, as the server's user. The server may run, and
the backup is of one moment. With PostgreSQL, set QUILLON_DATABASE_URL. The backup does not have the master key: keep that, too,
elsewhere, because without it a backup can't be restored. quillon restore restores it, onto either database.`;

export function dataOption(): Option {
  return new Option(`--${data.flag} <${data.value}>`, `${data.help} (env: ${data.variable}, default: ${data.default})`);
}

/** `quillon backup`: for an operator. */
export function backupCommand(): Command {
  return new Command("backup")
    .argument("<file>", "where to write it, such as quillon.backup; it must not exist")
    .addOption(dataOption())
    .addHelpText("after", ABOUT)
    .action(backUp);
}

async function backUp(file: string, flags: { data?: string }): Promise<void> {
  const server = await import("@quillon/server");
  const settings = server.readSettings(flags, process.env);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("The backup was interrupted, so there is none."));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const { rows, blobs, missing, manifest } = await server.backUp(settings, file, stop.signal);
  process.stdout.write(`Wrote ${file}: ${count(rows, "row")} and ${count(blobs, "blob")}.\n`);
  const { databaseUrl, masterKey, masterKeyCommand } = settings;
  const isSet = databaseUrl || masterKey || masterKeyCommand;
  const key = isSet ? "the server's QUILLON_MASTER_KEY" : `${settings.data}/master.key`;
  process.stdout.write(
    `It does not have the master key (${manifest.masterKeys.join(" or ")}). Keep ${key} as well, in another place: nobody can restore the backup without it.\n`,
  );
  if (missing.length === 0) return;
  process.stderr.write(
    `quillon: ${count(missing.length, "blob")} that the database names can't be found in the data folder, or in the bucket of QUILLON_BLOBS, so the backup is without them: ${missing.slice(0, 5).join(", ")}\n`,
  );
  process.exitCode = ANSWER_IS_NO;
}
