import { text } from "node:stream/consumers";
import type { Api, ReplyOf } from "@quillon/contract";
import { ApiError } from "@quillon/contract/client";
import { Command } from "commander";
import { askSecret } from "../ask-secret.ts";
import { type Account, changeCredentials, readCredentials, readRemembered, remember } from "../credentials.ts";
import { say } from "../output.ts";
import { clientOf, isService, nameOfServer, serverAt } from "../session.ts";

type User = ReplyOf<Api["GET /api/user"]>;

/** `quillon login`. */
export function loginCommand(): Command {
  return new Command("login")
    .argument("[url]", "the server (default: QUILLON_URL, else the one that you were logged in to)")
    .addHelpText(
      "after",
      `
Takes the access token from QUILLON_TOKEN, unless QUILLON_URL names another server, or from stdin where that is no terminal; a terminal is asked for it.
The login is stored where the Pulumi CLI keeps its own, and the CLI uses it, unless the CLI is logged in elsewhere: then it
stays there, and \`pulumi login URL\` changes that without asking for a token. \`quillon\` uses this server in either case.`,
    )
    .action(logIn);
}

async function logIn(given: string | undefined): Promise<void> {
  const { env } = process;
  // A pipeline whose variable is not set gives an empty one.
  const url = given || env.QUILLON_URL || (await readRemembered(env)).server;
  if (!isService(url)) {
    throw new Error(`${whyNoServer(url)}: quillon login https://quillon.example.com`);
  }
  const name = serverAt(url);
  const stored = (await readCredentials(env)).accounts?.[name]?.accessToken;
  const { token, user } = await validToken(name, stored);
  let elsewhere: string | undefined;
  await changeCredentials(env, ({ current, accounts, ...rest }) => {
    elsewhere = current && current !== name ? current : undefined;
    return { ...rest, current: elsewhere ?? name, accounts: { ...accounts, [name]: accountOf(user, token) } };
  });
  await remember(env, name);
  say(`Logged in to ${name} as ${user.githubLogin}.`);
  if (elsewhere) say(`The Pulumi CLI stays logged in to ${elsewhere}. To change that: pulumi login ${name}`);
}

/** @param address what somebody gave in its place */
export function whyNoServer(address: string | undefined): string {
  if (address === undefined) return "Say to which server";
  const scheme = address.includes("://") ? "" : ", because it begins with neither https:// nor http://";
  return `${address} is no address of a server${scheme}`;
}

/** The token that is given, else the one that is stored, as long as the server takes it; else somebody is asked for one. */
async function validToken(url: string, stored: string | undefined): Promise<{ token: string; user: User }> {
  const given = tokenFor(url, process.env) || (process.stdin.isTTY ? "" : (await text(process.stdin)).trim());
  if (given) return { token: given, user: await userOf(url, given) };
  const user = stored && (await userOf(url, stored).catch(unlessRefused));
  if (user) return { token: stored, user };
  if (!process.stdin.isTTY)
    throw new Error(`There is no access token for ${url}: set QUILLON_TOKEN, or give it on stdin.`);
  const token = (await askSecret(`Access token for ${url}: `)).trim();
  return { token, user: await userOf(url, token) };
}

/** QUILLON_TOKEN is for the server that QUILLON_URL names, where it names one, and is sent to no other. */
export function tokenFor(url: string, { QUILLON_URL, QUILLON_TOKEN }: NodeJS.ProcessEnv): string | undefined {
  return !QUILLON_URL || nameOfServer(QUILLON_URL) === url ? QUILLON_TOKEN?.trim() : undefined;
}

function userOf(url: string, token: string): Promise<User> {
  return clientOf({ url, token }).call("GET /api/user", {});
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 401)) throw error;
}

function accountOf({ githubLogin, organizations, tokenInfo }: User, accessToken: string): Account {
  return {
    accessToken,
    username: githubLogin,
    organizations: organizations.map((one) => one.githubLogin),
    lastValidatedAt: new Date().toISOString(),
    ...(tokenInfo && { tokenInformation: tokenInfo }),
  };
}
