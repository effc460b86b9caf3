import { mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { accountHome } from "./folders.ts";
import { isObject } from "./is-object.ts";

/** What the Pulumi CLI keeps of one login. It keeps more, which is left as it is. */
export interface Account {
  accessToken?: string;
  username?: string;
  organizations?: string[];
  lastValidatedAt?: string;
  tokenInformation?: { name: string; organization?: string; team?: string };
}

/**
 * The Pulumi CLI's file of logins: https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/workspace/creds.go
 *
 * `accessTokens` is for CLIs up to 3.265, and has each account's token once more.
 */
export interface Credentials {
  current?: string;
  accessTokens?: Record<string, string>;
  accounts?: Record<string, Account>;
  credentialHelper?: unknown;
}

/** Ours, beside that file: the Pulumi CLI drops fields that it does not know. */
export interface Remembered {
  /** The server that `quillon login` was for, by its name in the file of logins. */
  server?: string;
}

type Env = NodeJS.ProcessEnv;

/** The folder that the Pulumi CLI keeps its logins in. */
export function credentialsFolder(env: Env): string {
  return env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(accountHome(), ".pulumi");
}

const credentialsFile = (env: Env) => join(credentialsFolder(env), "credentials.json");
const rememberedFile = (env: Env) => join(credentialsFolder(env), "quillon.json");

export async function readCredentials(env: Env): Promise<Credentials> {
  const path = credentialsFile(env);
  const read = await readJson<Credentials & { $pulumiSecureStore?: unknown }>(path);
  if (read.$pulumiSecureStore === undefined) return read;
  throw new Error(
    `The Pulumi CLI has encrypted ${path}, and only it can read that. Set QUILLON_URL and QUILLON_TOKEN, or let it keep the file plain: PULUMI_CREDENTIAL_STORE=plaintext pulumi login URL.`,
  );
}

/** @param change gets what is stored, and returns what is to be stored. */
export async function changeCredentials(env: Env, change: (stored: Credentials) => Credentials): Promise<void> {
  const { accounts = {}, ...rest } = change(await readCredentials(env));
  const isEmpty = Object.keys(accounts).length === 0 && !rest.current && rest.credentialHelper === undefined;
  if (isEmpty) return rm(credentialsFile(env), { force: true });
  const tokens = Object.entries(accounts).map(([url, { accessToken = "" }]) => [url, accessToken] as const);
  await replace(credentialsFile(env), { ...rest, accessTokens: Object.fromEntries(tokens), accounts });
}

export async function readRemembered(env: Env): Promise<Remembered> {
  const { server } = await readJson<Record<keyof Remembered, unknown>>(rememberedFile(env));
  return typeof server === "string" ? { server } : {};
}

export async function remember(env: Env, server: string): Promise<void> {
  await replace(rememberedFile(env), { server } satisfies Remembered);
}

export async function forget(env: Env): Promise<void> {
  await rm(rememberedFile(env), { force: true });
}

async function readJson<T extends object>(path: string): Promise<T> {
  try {
    const text = await readFile(path, "utf8");
    // The Pulumi CLI takes an empty file, which an interrupted write leaves behind, as none.
    const value: unknown = text ? JSON.parse(text) : {};
    if (isObject(value)) return value as T;
    throw new Error("it has no JSON object");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {} as T;
    throw new Error(
      `${path} can't be read: ${(error as Error).message}. Correct it, or move it away and log in again: quillon login URL`,
    );
  }
}

/**
 * The Pulumi CLI locks the file while it reads or writes, which Node.js can't. So the file is replaced as a whole: whoever reads it sees
 * either all of the old one or all of the new one.
 */
async function replace(path: string, value: object): Promise<void> {
  // It may be a link to a file that is kept elsewhere.
  const target = await realpath(path).catch(() => path);
  const written = `${target}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(written, JSON.stringify(value, null, 4), { mode: 0o600, flag: "wx" });
    await rename(written, target);
  } catch (error) {
    await rm(written, { force: true }).catch(() => {});
    throw new Error(
      `${path} can't be written: ${(error as Error).message}. To keep logins in another folder, set PULUMI_HOME.`,
    );
  }
}
