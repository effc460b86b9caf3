import { type Settings, settingLabel } from "./settings.ts";

// What an operator is told when a server can't start: each time one sentence on what is wrong, and what to change.

const FOLDER_PROBLEMS: Record<string, string> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is on a read-only file system",
  ENOTDIR: "there is a file in its place",
  EEXIST: "there is a file in its place",
  ENOSPC: "the disk is full",
};

/** The data folder can't be used. */
export function folderError(folder: string, error: unknown): Error {
  const problem = FOLDER_PROBLEMS[codeOf(error)];
  if (!problem) return asError(error);
  return new Error(
    `The data folder ${folder} can't be used: ${problem}. Correct that, or choose another folder with --data (QUILLON_DATA).`,
  );
}

/** The folder for temporary files can't be used. */
export function temporaryFolderError(folder: string, error: unknown): Error {
  const problem = codeOf(error) === "ENOENT" ? "it does not exist" : FOLDER_PROBLEMS[codeOf(error)];
  if (!problem) return asError(error);
  return new Error(
    `The folder for temporary files, ${folder}, can't be used: ${problem}. Correct that, or choose another folder with the environment variable TMPDIR.`,
  );
}

const LISTEN_PROBLEMS: Record<string, string> = {
  EADDRINUSE: "another program listens there already. End that program, or choose",
  EACCES: "this user may not listen on that port. Choose",
  EADDRNOTAVAIL: "this machine does not have that address. Choose",
  ENOTFOUND: "there is no such host name. Choose",
  EAI_AGAIN: "the host name can't be looked up. Choose",
};

/** The address of a setting can't be listened on. */
export function listenError(
  { host, port }: Settings["listen"],
  error: unknown,
  setting: "listen" | "metricsListen" = "listen",
): Error {
  const problem = LISTEN_PROBLEMS[codeOf(error)];
  if (!problem) return asError(error);
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return new Error(`Quillon can't listen on ${address}: ${problem} another address with ${settingLabel(setting)}.`);
}

/** SQLSTATEs and error codes of a PostgreSQL that can't be used. */
const DATABASE_PROBLEMS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it ends the connection",
  ENOTFOUND: "there is no such host name",
  EAI_AGAIN: "the host name can't be looked up",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to that host",
  ENOENT: "there is no such socket",
  ERR_INVALID_URL: "it is not a URL such as postgres://USER:PASSWORD@HOST:5432/DATABASE",
  "28P01": "the user or the password is wrong",
  "28000": "it does not accept that user",
  "3D000": "it has no such database",
  "42501": "that user may not create tables in it",
  "57P03": "it is starting or stopping",
  "53300": "it has too many connections already",
};

/** In bytes. With less the embedded database may not open, and what it says then does not tell why. It writes 16 MiB at once. */
const LEAST_SPACE = 32 * 1024 * 1024;

/**
 * The database can't be opened. The URL is not shown, because it can contain a password.
 *
 * @param space in bytes, what the disk of the data folder has left.
 */
export function databaseError(
  { databaseUrl, data }: Pick<Settings, "databaseUrl" | "data">,
  error: unknown,
  space = Number.POSITIVE_INFINITY,
): Error {
  if (databaseUrl === undefined) {
    if (codeOf(error) in FOLDER_PROBLEMS) return folderError(data, error);
    if (space < LEAST_SPACE) return folderError(data, { code: "ENOSPC" });
    return new Error(
      `The embedded database in ${data} can't be opened (${firstLine(error)}), so it is probably damaged. ` +
        "Restore the folder from a backup, or choose another one with --data (QUILLON_DATA).",
    );
  }
  const problem = isPostgresUrl(databaseUrl)
    ? (DATABASE_PROBLEMS[codeOf(error)] ?? firstLine(error))
    : DATABASE_PROBLEMS.ERR_INVALID_URL;
  return new Error(
    `The PostgreSQL${placeOf(databaseUrl)} of QUILLON_DATABASE_URL can't be used: ${problem}. Correct that, or the setting.`,
  );
}

/** Not asked before connecting, because the client takes other texts too, such as the path of a socket. */
function isPostgresUrl(databaseUrl: string): boolean {
  return !/^[a-z]+:/i.test(databaseUrl) || /^postgres(ql)?:/i.test(databaseUrl);
}

function placeOf(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return "";
  const { host, pathname } = new URL(databaseUrl);
  return ` at ${host || "this machine"}, database ${pathname.slice(1) || "(the user's)"},`;
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return typeof code === "string" ? code : cause ? codeOf(cause) : "";
}

function firstLine(error: unknown): string {
  return asError(error).message.split("\n")[0]?.replace(/\.$/, "") ?? "";
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
