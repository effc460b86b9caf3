import { type Client, connect, withoutEndSlashes } from "@quillon/contract/client";
import { type Credentials, type Remembered, readCredentials, readRemembered } from "./credentials.ts";
import { say } from "./output.ts";
import { send } from "./send.ts";

/** Which server a command talks to, as whom, and where that was said. */
export interface Session {
  url: string;
  token: string;
  by: string;
}

export interface Stored {
  credentials: Credentials;
  remembered: Remembered;
}

type Env = NodeJS.ProcessEnv;

export function isService(url: string | undefined): url is string {
  return /^https?:\/\/./.test(url ?? "");
}

/** A server's name in the Pulumi CLI's file of logins. */
export function nameOfServer(url: string): string {
  return withoutEndSlashes(url);
}

/** The same of a server that is to be asked. @throws Error for no address, and for one with a password, which messages would show. */
export function serverAt(url: string): string {
  if (!URL.canParse(url))
    throw new Error(`${url} is no address of a server. Write one such as https://quillon.example.com`);
  const { username, password, host } = new URL(url);
  if (username || password)
    throw new Error(
      `Leave the user name and the password out of the address of ${host}. An access token says who you are.`,
    );
  if (/[?#]/.test(url)) throw new Error(`Leave what begins with ? or # out of the address of ${host}.`);
  return nameOfServer(url);
}

/**
 * The server of a command and the token for it: QUILLON_URL and QUILLON_TOKEN; else PULUMI_BACKEND_URL and PULUMI_ACCESS_TOKEN where that is a
 * service, and not a bucket or a folder; else the login that `quillon login` remembered; else the one that the Pulumi CLI uses now. A token that is
 * not set is looked for among the stored logins.
 *
 * @param read reads what is stored. It is called only where the environment does not say all.
 * @throws Error that says how to log in.
 */
export async function findSession(env: Env, read: () => Promise<Stored> = () => readStored(env)): Promise<Session> {
  if (env.QUILLON_URL && !isService(env.QUILLON_URL))
    throw new Error(`QUILLON_URL is ${env.QUILLON_URL}, and must begin with http:// or https://.`);
  // A variable that is filled from a file often ends with a line break.
  const [ours, theirs] = [env.QUILLON_TOKEN?.trim(), env.PULUMI_ACCESS_TOKEN?.trim()];
  const given = env.QUILLON_URL
    ? { url: env.QUILLON_URL, token: ours, by: "QUILLON_URL" }
    : !ours && isService(env.PULUMI_BACKEND_URL)
      ? { url: env.PULUMI_BACKEND_URL, token: theirs, by: "PULUMI_BACKEND_URL" }
      : undefined;
  if (given?.token) return { url: serverAt(given.url), token: given.token, by: given.by };
  const stored = await read();
  if (given) return withStoredToken(given.url, stored, given.by);
  return ours ? ofToken(ours, stored) : ofLogin(theirs, stored);
}

/** A token for Quillon is sent to no server that may be somebody else's. */
function ofToken(token: string, { remembered }: Stored): Session {
  if (remembered.server) return { url: remembered.server, token, by: "QUILLON_TOKEN" };
  throw new Error("QUILLON_TOKEN is set, and nothing says for which server: set QUILLON_URL, too.");
}

/** @param token that the Pulumi CLI's own variable has. */
function ofLogin(token: string | undefined, stored: Stored): Session {
  const { remembered, credentials } = stored;
  const { current } = credentials;
  const isRemembered = remembered.server !== undefined && credentials.accounts?.[remembered.server] !== undefined;
  if (isService(current) && (!isRemembered || current === remembered.server) && token)
    return { url: current, token, by: "PULUMI_ACCESS_TOKEN" };
  if (isRemembered && remembered.server) return withStoredToken(remembered.server, stored, "quillon login");
  if (isService(current)) return withStoredToken(current, stored, "pulumi login");
  throw new Error(NOT_LOGGED_IN);
}

function withStoredToken(url: string, { credentials }: Stored, by: string): Session {
  const name = serverAt(url);
  const token = credentials.accounts?.[name]?.accessToken;
  if (token) return { url: name, token, by };
  throw new Error(`Not logged in to ${name}: run \`quillon login ${name}\`, or set QUILLON_URL and QUILLON_TOKEN.`);
}

const NOT_LOGGED_IN =
  "Not logged in: run `quillon login URL` or `pulumi login URL` first, or set QUILLON_URL and QUILLON_TOKEN.";

async function readStored(env: Env): Promise<Stored> {
  return { credentials: await readCredentials(env), remembered: await readRemembered(env) };
}

/** A client of the server that the user is logged in to. What the server warns of is printed to stderr. */
export async function signIn(env: Env = process.env): Promise<Client> {
  return clientOf(await findSession(env));
}

export function clientOf({ url, token }: Pick<Session, "url" | "token">): Client {
  // Node.js refuses to send it, without a word of what it is.
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new Error(
      `The access token for ${url} has a character that no access token has, such as a line break or a space. Give the token alone.`,
    );
  return connect(serverAt(url), token, (warning) => say(`Warning: ${warning}`), send);
}

/** Where people look at what this server has: the server itself, unless `PULUMI_CONSOLE_DOMAIN` names another host. */
export async function consoleUrl(env: Env = process.env): Promise<string> {
  const url = new URL((await findSession(env)).url);
  return env.PULUMI_CONSOLE_DOMAIN ? `${url.protocol}//${env.PULUMI_CONSOLE_DOMAIN}` : url.origin;
}
