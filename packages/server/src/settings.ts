import { resolve } from "node:path";

/** One setting of the server: given as a flag, or by its `QUILLON_*` variable; the flag wins. */
interface Setting {
  /** Left out for secrets: other users of a machine may read its command lines. */
  flag?: string;
  variable: string;
  value: string;
  help: string;
  default?: string;
}

const MiB = 1024 * 1024;

/**
 * Every setting, in the order of `--help` and of docs/reference/settings.md, which a test holds against this table. A
 * name is its flag's in camel case.
 */
export const settingTable = {
  data: {
    flag: "data",
    variable: "QUILLON_DATA",
    value: "DIR",
    default: "./data",
    help: "folder of the embedded database, its key and the policy packs' archives",
  },
  listen: {
    flag: "listen",
    variable: "QUILLON_LISTEN",
    value: "HOST:PORT",
    default: "127.0.0.1:8080",
    help: "where to listen; port 0 takes a free one",
  },
  publicUrl: {
    flag: "public-url",
    variable: "QUILLON_PUBLIC_URL",
    value: "URL",
    help: "the URL that clients use, when it is not the one they connect to (behind a reverse proxy)",
  },
  databaseUrl: {
    variable: "QUILLON_DATABASE_URL",
    value: "URL",
    help: "a PostgreSQL to use in place of the embedded database; needs a master key",
  },
  masterKey: {
    variable: "QUILLON_MASTER_KEY",
    value: "BASE64",
    help: "32 bytes in base64 that protect every secret; made in the data folder when the database is embedded",
  },
  bodyLimit: {
    flag: "body-limit",
    variable: "QUILLON_BODY_LIMIT",
    value: "BYTES",
    default: String(MiB),
    help: "largest ordinary body, after decompression",
  },
  stateLimit: {
    flag: "state-limit",
    variable: "QUILLON_STATE_LIMIT",
    value: "BYTES",
    default: String(256 * MiB),
    help: "largest body with state, secrets or events, after decompression",
  },
  archiveLimit: {
    flag: "archive-limit",
    variable: "QUILLON_ARCHIVE_LIMIT",
    value: "BYTES",
    default: String(256 * MiB),
    help: "largest policy pack archive, packed and unpacked alike",
  },
  archiveEntries: {
    flag: "archive-entries",
    variable: "QUILLON_ARCHIVE_ENTRIES",
    value: "N",
    default: "20000",
    help: "most files and folders in a policy pack archive",
  },
  bootstrapUser: {
    flag: "bootstrap-user",
    variable: "QUILLON_BOOTSTRAP_USER",
    value: "LOGIN",
    default: "admin",
    help: "the first user, made once, on an empty database",
  },
  bootstrapOrg: {
    flag: "bootstrap-org",
    variable: "QUILLON_BOOTSTRAP_ORG",
    value: "NAME",
    default: "acme",
    help: "the first organization, likewise",
  },
  bootstrapToken: {
    variable: "QUILLON_BOOTSTRAP_TOKEN",
    value: "TOKEN",
    help: "the first user's access token; a random one is made, and shown once, when this is not given",
  },
  logLevel: {
    flag: "log-level",
    variable: "QUILLON_LOG_LEVEL",
    value: "LEVEL",
    default: "warn",
    help: "trace, debug, info, warn, error or silent; logs are JSON lines on stderr",
  },
} as const satisfies Record<string, Setting>;

export interface Settings {
  dataDir: string;
  host: string;
  port: number;
  publicUrl?: string;
  databaseUrl?: string;
  masterKey?: string;
  limits: Limits;
  bootstrap: { user: string; organization: string; token?: string };
  logLevel: string;
}

/** In bytes, but for `entries`. */
export interface Limits {
  json: number;
  state: number;
  archive: number;
  entries: number;
}

export type SettingName = keyof typeof settingTable;

/**
 * Reads the settings from flags, then `QUILLON_*` variables, then defaults.
 *
 * @throws Error that names the setting at fault.
 */
export function readSettings(flags: Partial<Record<SettingName, string>>, env: NodeJS.ProcessEnv): Settings {
  const read = (name: SettingName): string | undefined => {
    const setting: Setting = settingTable[name];
    return flags[name] ?? (env[setting.variable] || undefined) ?? setting.default;
  };
  const { host, port } = parseListen(read("listen") as string);
  const optional = <K extends string>(key: K, value: string | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
  return {
    dataDir: resolve(read("data") as string),
    host,
    port,
    ...optional("publicUrl", parseUrl(read("publicUrl"))),
    ...optional("databaseUrl", read("databaseUrl")),
    ...optional("masterKey", read("masterKey")),
    limits: {
      json: parseCount("bodyLimit", read("bodyLimit")),
      state: parseCount("stateLimit", read("stateLimit")),
      archive: parseCount("archiveLimit", read("archiveLimit")),
      entries: parseCount("archiveEntries", read("archiveEntries")),
    },
    bootstrap: {
      user: parseLogin("bootstrapUser", read("bootstrapUser") as string),
      organization: parseLogin("bootstrapOrg", read("bootstrapOrg") as string),
      ...optional("token", read("bootstrapToken")),
    },
    logLevel: read("logLevel") as string,
  };
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (!match || port > 65535) throw invalid("listen", text, "write it as HOST:PORT, such as 127.0.0.1:8080");
  return { host: match.groups?.v6 ?? match.groups?.host ?? "", port };
}

function parseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw invalid("publicUrl", text, "write it as https://HOST");
  return text.replace(/\/+$/, "");
}

function parseCount(name: SettingName, text: string | undefined): number {
  if (!/^[1-9]\d{0,14}$/.test(text ?? "")) throw invalid(name, text ?? "", "write a whole number above 0");
  return Number(text);
}

function parseLogin(name: SettingName, text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_-]{1,38}[a-zA-Z0-9]$/.test(text)) return text;
  throw invalid(name, text, "use 3 to 40 letters, digits, - and _, beginning and ending with a letter or digit");
}

function invalid(name: SettingName, text: string, advice: string): Error {
  const setting: Setting = settingTable[name];
  const names = setting.flag ? `--${setting.flag} (${setting.variable})` : setting.variable;
  return new Error(`${names} can't be "${text}": ${advice}.`);
}
