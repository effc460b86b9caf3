import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { newError } from "@quillon/contract";
import type { FastifyInstance } from "fastify";
import { type Bootstrapped, bootstrap } from "./actions/bootstrap.ts";
import { claimBlobs, missingBlobMark } from "./actions/claim-blobs.ts";
import { diskBlobs } from "./blobs/disk.ts";
import type { Blobs } from "./blobs/types.ts";
import type { Limits } from "./context.ts";
import { claimInstance } from "./db/instance.ts";
import { lockFolder } from "./db/lock.ts";
import { migrate } from "./db/migrate.ts";
import { type Db, type OpenDatabase, openDatabase } from "./db/open.ts";
import { buildApp } from "./http/app.ts";
import { deriveKeys, type Keys, parseMasterKey, readOrMakeKeyFile } from "./keys.ts";
import { sweepPacks } from "./packs/index.ts";
import type { Settings } from "./settings.ts";
import { sweepStates } from "./state/index.ts";
import { endExpiredUpdates } from "./updates/index.ts";
import { besideModule } from "./workers/beside-module.ts";
import { Workers } from "./workers/pool.ts";

export { readSettings, type Settings, settingTable } from "./settings.ts";

export interface RunningServer {
  /** Where it listens, as a URL. */
  url: string;
  /** What was made when the database was empty. Its token can't be shown again. */
  bootstrapped: Bootstrapped | undefined;
  /** Lets requests in flight finish, then closes the database. */
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 30_000;
/** Longer than any ordinary request takes, and shorter than the time after which init systems kill. */
const LAST_REQUESTS_MS = 20_000;
const UPKEEP_EVERY_MS = 5 * 60_000;

/**
 * Starts a server: the one place where things are made and put together.
 *
 * @throws Error with a sentence for the operator when it can't start.
 */
export async function startServer(settings: Settings): Promise<RunningServer> {
  await mkdir(settings.data, { recursive: true, mode: 0o700 });
  let listening = "starting";
  const lock = settings.databaseUrl
    ? undefined
    : await lockFolder(settings.data, () => `process ${process.pid}, ${listening}`);
  let database: OpenDatabase | undefined;
  try {
    const keys = deriveKeys(await findMasterKey(settings));
    database = openDatabase(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : { folder: settings.data });
    const { db } = database;
    const blobs = diskBlobs(join(settings.data, "blobs"));
    const workers = new Workers(besideModule("worker", import.meta.url));
    const app = buildApp({ db, keys, blobs, workers, limits: limitsOf(settings) }, settings);
    // Preparing the app takes no time of its own, because the embedded database mostly waits while it opens.
    const [bootstrapped] = await Promise.all([prepare({ db, blobs }, keys, settings), app.ready()]);
    const mark = await missingBlobMark({ db, blobs });
    if (mark) app.log.error({ mark }, newError("blobs_elsewhere", { mark }).message);
    await app.listen(settings.listen);
    const url = urlOf(app.server.address() as AddressInfo);
    listening = `listening on ${url}`;
    const sweep = setInterval(() => {
      endExpiredUpdates({ db }).catch((err: unknown) => app.log.error({ err }, "could not end expired updates"));
      sweepPacks({ db, blobs }).catch((err: unknown) =>
        app.log.error({ err }, "could not remove what unfinished publishes left"),
      );
      sweepStates({ db, blobs }).catch((err: unknown) =>
        app.log.error({ err }, "could not remove states that were replaced"),
      );
    }, SWEEP_EVERY_MS).unref();
    const opened = database;
    const upkeep = setInterval(() => {
      opened.upkeep?.().catch((err: unknown) => app.log.error({ err }, "the upkeep of the embedded database failed"));
    }, UPKEEP_EVERY_MS).unref();
    const close = async () => {
      clearInterval(sweep);
      clearInterval(upkeep);
      await endRequests(app);
      await workers.close();
      await opened.close();
      await lock?.release();
    };
    return { url, bootstrapped, close };
  } catch (error) {
    await database?.close();
    await lock?.release();
    throw error;
  }
}

/**
 * Lets requests in flight finish, for a time. Idle connections are closed here, because clients keep them open for a
 * minute.
 */
async function endRequests(app: FastifyInstance): Promise<void> {
  const closeIdle = setInterval(() => app.server.closeIdleConnections(), 50);
  const closeAll = setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS_MS);
  await app.close().finally(() => {
    clearInterval(closeIdle);
    clearTimeout(closeAll);
  });
}

async function prepare(
  { db, blobs }: { db: Db; blobs: Blobs },
  keys: Keys,
  settings: Settings,
): Promise<Bootstrapped | undefined> {
  await migrate(db);
  await claimInstance(db, keys.fingerprint);
  await claimBlobs({ db, blobs });
  const { bootstrapUser: user, bootstrapOrg: organization, bootstrapToken: token } = settings;
  return bootstrap(db, { user, organization, token });
}

function limitsOf(settings: Settings): Limits {
  return {
    json: settings.bodyLimit,
    pack: settings.packLimit,
    state: settings.stateLimit,
    secret: settings.secretLimit,
    archive: settings.archiveLimit,
    entries: settings.archiveEntries,
    requests: settings.rateLimit,
  };
}

async function findMasterKey(settings: Settings): Promise<Buffer> {
  if (settings.masterKey) return parseMasterKey(settings.masterKey);
  if (!settings.databaseUrl) return readOrMakeKeyFile(join(settings.data, "master.key"));
  throw new Error(
    "QUILLON_DATABASE_URL needs QUILLON_MASTER_KEY, because other servers on that database would not have a key made here. Make one with: openssl rand -base64 32",
  );
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
