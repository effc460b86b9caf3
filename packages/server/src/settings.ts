import { resolve } from "node:path";
import { ARCHIVE_LIMITS } from "@quillon/contract/archive-limits";
import {
  asGiven,
  FOREVER,
  parseAddresses,
  parseBucket,
  parseCount,
  parseDays,
  parseHeader,
  parseHours,
  parseLevel,
  parseListen,
  parseLogin,
  parseLongDays,
  parseNetworks,
  parsePort,
  parseSize,
  parseSwitch,
  parseUnless,
  parseUrl,
} from "./settings-values.ts";

/** One setting of the server, given as a flag or by its `QUILLON_*` variable. The flag wins. */
interface Setting {
  /** Left out for secrets, because other users of a machine can read its command lines. */
  flag?: string;
  variable: string;
  value: string;
  help: string;
  default?: string;
  /**
   * Reads the setting's text.
   *
   * @throws Error that says how to write it. The text is then shown, so the `parse` of a secret must not throw.
   */
  parse(text: string): unknown;
}

const MiB = 1024 * 1024;
const NEVER = "never";

/**
 * Every setting, in the order of `--help` and of docs/reference/settings.md, which `npm run check` compares with this table. A
 * setting's name is its flag in camel case.
 */
export const settingTable = {
  data: {
    flag: "data",
    variable: "QUILLON_DATA",
    value: "DIR",
    default: "./data",
    help: "folder of the embedded database, its key and the policy packs' archives and large states; servers that share a PostgreSQL must share this folder too, and it must be kept",
    parse: (text: string) => resolve(text),
  },
  listen: {
    flag: "listen",
    variable: "QUILLON_LISTEN",
    value: "HOST:PORT",
    default: "127.0.0.1:8080",
    help: "where to listen; port 0 takes a free one",
    parse: parseListen,
  },
  publicUrl: {
    flag: "public-url",
    variable: "QUILLON_PUBLIC_URL",
    value: "URL",
    help: "the URL that clients use, when it is not the one they connect to (behind a reverse proxy)",
    parse: parseUrl,
  },
  trustProxy: {
    flag: "trust-proxy",
    variable: "QUILLON_TRUST_PROXY",
    value: "ADDRESSES",
    help: "reverse proxies whose X-Forwarded-For names the client, for logs and audit: addresses or networks, with commas between; loopback and uniquelocal are names of such",
    parse: parseAddresses,
  },
  cliLoginPort: {
    flag: "cli-login-port",
    variable: "QUILLON_CLI_LOGIN_PORT",
    value: "PORT",
    default: "3000",
    help: "with --listen on port 8080, where browsers are sent on to the console from, because `pulumi login http://localhost:8080` opens localhost:3000; 0 turns it off",
    parse: parsePort,
  },
  proxyUserHeader: {
    flag: "proxy-user-header",
    variable: "QUILLON_PROXY_USER_HEADER",
    value: "NAME",
    help: "header with the login of the person whom the proxies of --trust-proxy have signed in, such as X-Forwarded-User; the console then asks for no access token. The proxies must not let through such a header from others",
    parse: parseHeader,
  },
  databaseUrl: {
    variable: "QUILLON_DATABASE_URL",
    value: "URL",
    help: "a PostgreSQL to use instead of the embedded database; needs a master key; the archives stay in the data folder",
    parse: asGiven,
  },
  blobs: {
    flag: "blobs",
    variable: "QUILLON_BLOBS",
    value: "URL",
    help: "an S3 bucket for policy packs' archives, large states and large events, instead of the folder blobs of the data folder: s3://BUCKET/PREFIX?region=REGION, and endpoint=URL for one that is not Amazon's; credentials are those of the AWS environment; needs a PostgreSQL",
    parse: parseBucket,
  },
  masterKey: {
    variable: "QUILLON_MASTER_KEY",
    value: "BASE64",
    help: "32 bytes in base64 that protect every secret; made in the data folder when the database is embedded",
    parse: asGiven,
  },
  masterKeyCommand: {
    variable: "QUILLON_MASTER_KEY_COMMAND",
    value: "COMMAND",
    help: "instead of QUILLON_MASTER_KEY: a command of the shell that prints the master key, such as one that asks a KMS; run at each start",
    parse: asGiven,
  },
  bodyLimit: {
    flag: "body-limit",
    variable: "QUILLON_BODY_LIMIT",
    value: "BYTES",
    default: String(MiB),
    help: "largest ordinary body, after decompression",
    parse: parseCount,
  },
  packLimit: {
    flag: "pack-limit",
    variable: "QUILLON_PACK_LIMIT",
    value: "BYTES",
    default: String(64 * MiB),
    help: "largest body that describes or configures policy packs, or says what they found in a state, after decompression",
    parse: parseCount,
  },
  stateLimit: {
    flag: "state-limit",
    variable: "QUILLON_STATE_LIMIT",
    value: "BYTES",
    default: String(256 * MiB),
    help: "largest body with state or events, after decompression",
    parse: parseCount,
  },
  secretLimit: {
    flag: "secret-limit",
    variable: "QUILLON_SECRET_LIMIT",
    value: "BYTES",
    default: String(32 * MiB),
    help: "largest body with secrets to encrypt or decrypt, after decompression",
    parse: parseCount,
  },
  archiveLimit: {
    flag: "archive-limit",
    variable: "QUILLON_ARCHIVE_LIMIT",
    value: "BYTES",
    default: String(ARCHIVE_LIMITS.bytes),
    help: "largest policy pack archive, packed and unpacked alike",
    parse: parseCount,
  },
  archiveEntries: {
    flag: "archive-entries",
    variable: "QUILLON_ARCHIVE_ENTRIES",
    value: "N",
    default: String(ARCHIVE_LIMITS.entries),
    help: "most files and folders in a policy pack archive",
    parse: parseCount,
  },
  rateLimit: {
    flag: "rate-limit",
    variable: "QUILLON_RATE_LIMIT",
    value: "N",
    default: "2000",
    help: "most requests of one access token in ten seconds; a running update has no limit",
    parse: parseCount,
  },
  webhookAllow: {
    flag: "webhook-allow",
    variable: "QUILLON_WEBHOOK_ALLOW",
    value: "NETWORKS",
    default: "",
    help: "networks that webhooks may reach besides public addresses, with commas between, such as 10.0.0.0/8",
    parse: parseNetworks,
  },
  deletedStacksDays: {
    flag: "deleted-stacks-days",
    variable: "QUILLON_DELETED_STACKS_DAYS",
    value: "DAYS",
    default: "30",
    help: "how long a stack can be restored after it was removed, with its states, its history and its key; 0 removes it at once",
    parse: (text: string) => parseUnless("0", text, parseDays) ?? 0,
  },
  predictionsDays: {
    flag: "predictions-days",
    variable: "QUILLON_PREDICTIONS_DAYS",
    value: "DAYS",
    default: "14",
    help: "how long it is kept what a preview has predicted, after the last run that showed it",
    parse: parseDays,
  },
  eventsDays: {
    flag: "events-days",
    variable: "QUILLON_EVENTS_DAYS",
    value: "DAYS",
    default: "90",
    help: "how long engine events and the results of each resource are kept after a run ended, or forever; then the run is compacted: its line in the history and its counts stay",
    parse: (text: string) => parseUnless(FOREVER, text, parseDays),
  },
  receiptsDays: {
    flag: "receipts-days",
    variable: "QUILLON_RECEIPTS_DAYS",
    value: "DAYS",
    default: "forever",
    help: "how long receipts are kept, 400 days at least, or forever; the newest of each kind and status of a stack always stays",
    parse: (text: string) => parseUnless(FOREVER, text, parseLongDays),
  },
  findingsDays: {
    flag: "findings-days",
    variable: "QUILLON_FINDINGS_DAYS",
    value: "DAYS",
    default: "forever",
    help: "how long policy issues are kept after they ended, and the scores of each day, 400 days at least, or forever; those that have not ended always stay",
    parse: (text: string) => parseUnless(FOREVER, text, parseLongDays),
  },
  auditDays: {
    flag: "audit-days",
    variable: "QUILLON_AUDIT_DAYS",
    value: "DAYS",
    default: "forever",
    help: "how long the audit log is kept, 400 days at least, or forever",
    parse: (text: string) => parseUnless(FOREVER, text, parseLongDays),
  },
  stateVersions: {
    flag: "state-versions",
    variable: "QUILLON_STATE_VERSIONS",
    value: "N",
    default: "all",
    help: "how many states of each stack are kept, the newest ones, or all",
    parse: (text: string) => parseUnless("all", text, parseCount),
  },
  backupHours: {
    flag: "backup-hours",
    variable: "QUILLON_BACKUP_HOURS",
    value: "HOURS",
    default: "1",
    help: "how often the embedded database is backed up, into the folder backups of the data folder, or never; a PostgreSQL is backed up by other means",
    parse: (text: string) => parseUnless(NEVER, text, parseHours),
  },
  backupsKept: {
    flag: "backups-kept",
    variable: "QUILLON_BACKUPS_KEPT",
    value: "N",
    default: "3",
    help: "how many of these backups are kept, the newest ones",
    parse: parseCount,
  },
  deltaCutoff: {
    flag: "delta-cutoff",
    variable: "QUILLON_DELTA_CUTOFF",
    value: "BYTES",
    default: NEVER,
    help: "from which size on the Pulumi CLI sends only what has changed of a state, or never; it then records no operations that have begun and not ended, unless it sends a journal",
    parse: (text: string) => parseUnless(NEVER, text, parseSize),
  },
  journal: {
    flag: "journal",
    variable: "QUILLON_JOURNAL",
    value: "on|off",
    default: "on",
    help: "whether the Pulumi CLI may send a journal of what each step of an update changes, instead of whole states",
    parse: parseSwitch,
  },
  metricsListen: {
    flag: "metrics-listen",
    variable: "QUILLON_METRICS_LISTEN",
    value: "HOST:PORT",
    help: "where to answer /metrics for everybody who reaches it, besides the port of the API; nowhere when this is not given",
    parse: parseListen,
  },
  metricsToken: {
    variable: "QUILLON_METRICS_TOKEN",
    value: "TOKEN",
    help: "who sends this bearer token gets /metrics on the port of the API; without it there is no such route",
    parse: asGiven,
  },
  bootstrapUser: {
    flag: "bootstrap-user",
    variable: "QUILLON_BOOTSTRAP_USER",
    value: "LOGIN",
    default: "admin",
    help: "the first user, made once, on an empty database",
    parse: parseLogin,
  },
  bootstrapOrg: {
    flag: "bootstrap-org",
    variable: "QUILLON_BOOTSTRAP_ORG",
    value: "NAME",
    default: "acme",
    help: "the first organization, made with the first user",
    parse: parseLogin,
  },
  bootstrapToken: {
    variable: "QUILLON_BOOTSTRAP_TOKEN",
    value: "TOKEN",
    help: "the first user's access token; a random one is made, and shown once, when this is not given",
    parse: asGiven,
  },
  logLevel: {
    flag: "log-level",
    variable: "QUILLON_LOG_LEVEL",
    value: "LEVEL",
    default: "warn",
    help: "trace, debug, info, warn, error, fatal or silent; logs are JSON lines on stderr; from info on, one for each request",
    parse: parseLevel,
  },
} as const satisfies Record<string, Setting>;

type Table = typeof settingTable;
export type SettingName = keyof Table;
type WithDefault = { [N in SettingName]: Table[N] extends { default: string } ? N : never }[SettingName];

/** The value of every setting. Those without a default are absent when they are not given. */
export type Settings = { readonly [N in WithDefault]: ReturnType<Table[N]["parse"]> } & {
  readonly [N in Exclude<SettingName, WithDefault>]?: ReturnType<Table[N]["parse"]>;
};

/**
 * Reads the settings from flags, then `QUILLON_*` variables, then defaults. An empty variable counts as not given.
 *
 * @throws Error that names the flag and the variable of the setting that is wrong, and says how to write it.
 */
export function readSettings(flags: Partial<Record<SettingName, string>>, env: NodeJS.ProcessEnv): Settings {
  const values = Object.entries<Setting>(settingTable).flatMap(([name, setting]) => {
    const text = flags[name as SettingName] ?? (env[setting.variable] || setting.default);
    return text === undefined ? [] : [[name, parse(setting, text)]];
  });
  return Object.fromEntries(values) as Settings;
}

function parse(setting: Setting, text: string): unknown {
  try {
    return setting.parse(text);
  } catch (error) {
    throw new Error(`${labelOf(setting)} can't be "${text}": ${(error as Error).message}.`);
  }
}

function labelOf({ flag, variable }: Setting): string {
  return flag ? `--${flag} (${variable})` : variable;
}

/** What an operator changes: the flag and the variable of a setting, for a sentence. */
export function settingLabel(name: SettingName): string {
  return labelOf(settingTable[name]);
}
