import { exec } from "node:child_process";
import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type MasterKey, masterKeyOf } from "./keys.ts";
import type { Settings } from "./settings.ts";

/** Where the master key is. */
export type KeySettings = Pick<Settings, "data" | "databaseUrl" | "masterKey" | "masterKeyCommand">;

/**
 * The master key of the settings or, with the embedded database, of the folder; undefined when there is none.
 *
 * @throws Error with a sentence when what is there is not a key, or the command for it fails.
 */
export async function findGivenKey({
  data,
  databaseUrl,
  masterKey,
  masterKeyCommand,
}: KeySettings): Promise<MasterKey | undefined> {
  if (masterKey && masterKeyCommand)
    throw new Error("Both QUILLON_MASTER_KEY and QUILLON_MASTER_KEY_COMMAND are set. Set only one of them.");
  if (masterKey) return parseMasterKey(masterKey, "QUILLON_MASTER_KEY");
  if (masterKeyCommand) return runKeyCommand(masterKeyCommand);
  return databaseUrl ? undefined : readKeyFile(keyFile(data));
}

/** Where the key of an embedded database is, when no setting says what it is. */
export function keyFile(data: string): string {
  return join(data, "master.key");
}

const run = promisify(exec);
const COMMAND_MS = 60_000;

/**
 * The key that a command prints, such as one that asks a KMS.
 *
 * @param timeout in milliseconds.
 * @throws Error that never has what the command printed on stdout, because that may be a key.
 */
export async function runKeyCommand(command: string, timeout = COMMAND_MS): Promise<MasterKey> {
  const from = "QUILLON_MASTER_KEY_COMMAND";
  try {
    const { stdout } = await run(command, { timeout, killSignal: "SIGKILL", windowsHide: true });
    return parseMasterKey(stdout, `What ${from} prints`);
  } catch (error) {
    const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
    if (code === undefined && !killed) throw error;
    const said = stderr?.trim().split("\n").at(-1);
    const how = killed ? `did not end within ${timeout / 1000} seconds` : `ended with exit code ${code}`;
    throw new Error(`${from} ${how}${said ? `: ${said}` : "."}`);
  }
}

/** @param from where the text is from, such as a setting or a file. @throws Error unless the text is 32 bytes of base64. */
export function parseMasterKey(text: string, from: string): MasterKey {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32)
    throw new Error(`${from} must be 32 bytes in base64. Make such a master key with: openssl rand -base64 32`);
  return masterKeyOf(key);
}

/** The key in the file, or undefined when there is no such file. */
export async function readKeyFile(path: string): Promise<MasterKey | undefined> {
  try {
    return parseMasterKey(await readFile(path, "utf8"), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Makes a key file with mode 0600. It is never partial, also when the process ends meanwhile. */
export async function makeKeyFile(path: string, bytes: Buffer = randomBytes(32)): Promise<MasterKey> {
  const unfinished = `${path}.tmp`;
  const file = await open(unfinished, "w", 0o600);
  await file.writeFile(`${bytes.toString("base64")}\n`);
  await file.sync();
  await file.close();
  await rename(unfinished, path);
  return masterKeyOf(bytes);
}
