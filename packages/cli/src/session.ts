import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Client, connect } from "@quillon/contract/client";
import { say } from "./output.ts";

/**
 * The part of the Pulumi CLI's credentials file with the current login:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/creds.go
 */
interface Credentials {
  current?: string;
  accounts?: Record<string, { accessToken?: string }>;
}

/**
 * A client of the server that the Pulumi CLI is logged in to: `PULUMI_BACKEND_URL` and `PULUMI_ACCESS_TOKEN` if they
 * are set, otherwise the login in its credentials file. What the server warns of is printed to stderr.
 *
 * @throws Error that says how to log in.
 */
export async function signIn(env: NodeJS.ProcessEnv = process.env): Promise<Client> {
  const stored = await readCredentials(env);
  const url = urlOf(stored, env);
  const token = env.PULUMI_ACCESS_TOKEN || (url && stored.accounts?.[url]?.accessToken);
  if (!url || !/^https?:/.test(url) || !token) {
    throw new Error("Not logged in: run `pulumi login URL` first, or set PULUMI_BACKEND_URL and PULUMI_ACCESS_TOKEN.");
  }
  return connect(url, token, (warning) => say(`Warning: ${warning}`));
}

/** Where people look at what this server has: the server itself, unless `PULUMI_CONSOLE_DOMAIN` names another host. */
export async function consoleUrl(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const url = new URL(urlOf(await readCredentials(env), env) ?? "");
  return env.PULUMI_CONSOLE_DOMAIN ? `${url.protocol}//${env.PULUMI_CONSOLE_DOMAIN}` : url.origin;
}

function urlOf({ current }: Credentials, env: NodeJS.ProcessEnv): string | undefined {
  return env.PULUMI_BACKEND_URL || current;
}

async function readCredentials(env: NodeJS.ProcessEnv): Promise<Credentials> {
  const path = join(env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
  try {
    return JSON.parse(await readFile(path, "utf8")) as Credentials;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${path} can't be read: ${(error as Error).message}`);
  }
}
