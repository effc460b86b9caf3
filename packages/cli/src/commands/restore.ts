import { count } from "@quillon/report";
import { Command } from "commander";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { dataOption } from "./backup.ts";

const ABOUT = `
The database must be new, and the data folder without blobs; otherwise nothing is changed. With PostgreSQL, set
QUILLON_DATABASE_URL. The master key must be that of the server that was backed up: QUILLON_MASTER_KEY or, with the embedded
database, master.key in the data folder. A backup of an older version is brought to this one. Start quillon server afterwards.`;

/** `quillon restore`: for an operator. */
export function restoreCommand(): Command {
  return new Command("restore")
    .argument("<file>", "what quillon backup has written")
    .addOption(dataOption())
    .addHelpText("after", ABOUT)
    .action(restore);
}

async function restore(file: string, flags: { data?: string }): Promise<void> {
  const server = await import("@quillon/server");
  const settings = server.readSettings(flags, process.env);
  const { rows, blobs, missing, manifest } = await server.restore(settings, file);
  process.stdout.write(
    `Restored ${file}, of ${manifest.madeAt}: ${count(rows, "row")} and ${count(blobs, "blob")}. Start quillon server with the same settings.\n`,
  );
  if (missing.length === 0) return;
  process.stderr.write(
    `quillon: the backup lacks ${count(missing.length, "blob")} that its database names, so what is in them is lost: ${missing.slice(0, 5).join(", ")}\n`,
  );
  process.exitCode = ANSWER_IS_NO;
}
