import { Command } from "commander";
import { dataOption } from "./backup.ts";

const ABOUT = `
It needs no access token, but the server's own data, so run it on the server's machine. Secrets are not encrypted again: the master key
protects the one key that all others come from. A backup needs the master key of its time.

With the embedded database and its master.key, stop the server first. The key is replaced at once, and the old one is kept in a file
beside it. Move that one to where the backups are.

With PostgreSQL, or with QUILLON_MASTER_KEY or QUILLON_MASTER_KEY_COMMAND, there are three steps, and no server of several has to stop before others:
  1. set QUILLON_NEW_MASTER_KEY, beside the settings of now, and run this command; both keys can be used from then on
  2. give each server the new key, and start it again
  3. with the new key in the settings, run this command with --finish; the old one can't be used any more`;

/** `quillon server rotate-key`: for an operator. */
export function serverRotateKeyCommand(): Command {
  return new Command("rotate-key")
    .description("change the master key (on the server's machine)")
    .addOption(dataOption())
    .option("--finish", "let only the key of the settings be used any more")
    .addHelpText("after", ABOUT)
    .action(rotate);
}

async function rotate(_: unknown, command: Command): Promise<void> {
  // `quillon server` has --data, too.
  const { data, finish } = command.optsWithGlobals<{ data?: string; finish?: boolean }>();
  const server = await import("@quillon/server");
  const settings = server.readSettings(data === undefined ? {} : { data }, process.env);
  const given = process.env.QUILLON_NEW_MASTER_KEY;
  const lines: string[] = [];
  if (finish) {
    const { now, removed } = await server.finishRotation(settings);
    lines.push(`Master key ${now} is the only one that can be used.`);
    if (removed.length > 0)
      lines.push(
        `Backups made before can be restored with the old key (${removed.join(", ")}) only: keep it with them.`,
      );
  } else {
    const newKey = given ? server.parseMasterKey(given, "QUILLON_NEW_MASTER_KEY") : undefined;
    const rotated = await server.rotateKey(settings, newKey);
    if (rotated.oldFile)
      lines.push(
        `master.key is ${rotated.new} now. Keep a copy of it in another place.`,
        `The old one, ${rotated.old}, is in ${rotated.oldFile}. Older backups can be restored with it only: move it to where they are.`,
      );
    else
      lines.push(
        `Master key ${rotated.new} can be used from now on, and ${rotated.old} still.`,
        "Give each server the new key and start it again. Then, with the new key: quillon server rotate-key --finish",
      );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}
