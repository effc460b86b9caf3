import type { AddressInfo } from "node:net";
import { setTimeout as timer } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import manifest from "../package.json" with { type: "json" };
import { type Bootstrapped, bootstrap } from "./actions/bootstrap.ts";
import { claimBlobs } from "./actions/claim-blobs.ts";
import { compactRegularly } from "./actions/compact-regularly.ts";
import { Readiness } from "./actions/readiness.ts";
import { regularly } from "./actions/settle-updates.ts";
import { backUpRegularly, type Dumped, makeBackup, type Restored, restoreBackup, serveCopies } from "./backup/index.ts";
import { openBlobs } from "./blobs/open.ts";
import type { Blobs } from "./blobs/types.ts";
import type { Limits, ServerFacts } from "./context.ts";
import type { Db } from "./db/open.ts";
import { type AppOptions, buildApp } from "./http/app.ts";
import { cliLoginOf, listenForCliLogin } from "./http/cli-login.ts";
import { buildMetricsApp } from "./http/metrics.ts";
import { countJobs, handle, prepareJobs, Runner } from "./jobs/index.ts";
import { Metrics } from "./metrics.ts";
import { deliver, deliverJob, forgetUnsent, sweepDeliveries } from "./notify/index.ts";
import { Sender } from "./outbound/sender.ts";
import { sweepPacks } from "./packs/index.ts";
import { issueToken } from "./people/index.ts";
import { repeat } from "./repeat.ts";
import { type Settings, settingLabel } from "./settings.ts";
import { listenError } from "./start-errors.ts";
import { sweepUpdateBlobs } from "./state/index.ts";
import { openStore, requireFolder, type Store } from "./store.ts";
import { requireTemporaryFolder } from "./unnamed-file.ts";
import { countRunning } from "./updates/index.ts";
import { besideModule } from "./workers/beside-module.ts";
import { Workers } from "./workers/pool.ts";

export { parseMasterKey } from "./master-key.ts";
export { finishRotation, rotateKey } from "./rotate-key.ts";
export { readSettings, type Settings, settingTable } from "./settings.ts";
export { upgrade } from "./upgrade.ts";

export interface RunningServer {
  /** Where it listens, as a URL. */
  url: string;
  /** What was made when the database was empty. Its token can't be shown again. */
  bootstrapped: Bootstrapped | undefined;
  /** Lets requests in flight finish, then closes the database. */
  close(): Promise<void>;
}

/** No settings: a test can't wait for the real times. */
interface Times extends Pick<AppOptions, "bodyTimes"> {
  lastRequestsMs?: number;
  firstCompactionMs?: number;
  firstBackupMs?: number;
}

/** The build puts the console beside the server. A server that runs from its source has none. */
const consoleFolder = fileURLToPath(new URL("./console", import.meta.url));
const CHECK_EVERY_MS = 5_000;
const SWEEP_EVERY_MS = 30_000;
/** Longer than any ordinary request takes, and shorter than the time after which init systems kill. */
const LAST_REQUESTS_MS = 20_000;
const UPKEEP_EVERY_MS = 5 * 60_000;

/**
 * Starts a server: the one place where things are made and put together. It listens first and stores something only then, so
 * that the first user's token is not lost because a port is taken. Until all is ready, requests are answered `starting`.
 *
 * @param times only for tests.
 * @throws Error with a sentence for the operator when it can't start.
 */
export async function startServer(settings: Settings, times: Times = {}): Promise<RunningServer> {
  let listening = "starting";
  await requireWhatItNeeds(settings);
  const blobs = await openBlobs(settings);
  const store = await openStore(settings, () => `process ${process.pid}, ${listening}`);
  const { db, keys } = store;
  const readiness = new Readiness({ db, blobs });
  let app: FastifyInstance | undefined;
  let listeners: Listener[] = [];
  try {
    let started = false;
    const workers = new Workers(besideModule("worker", import.meta.url));
    const options = { ...settings, console: consoleFolder, readiness, isStarted: () => started, ...times };
    const sender = new Sender({ allowed: settings.webhookAllow });
    const metrics = new Metrics({ version: manifest.version, process: true });
    metrics.readFrom({
      ready: () => started && !readiness.refusal,
      connections: () => store.connections(),
      tasks: () => workers.tasks(),
      jobs: async () => (started ? countJobs(db, [deliverJob]) : []),
      runningUpdates: async () => (started ? countRunning(db) : []),
    });
    const server = factsOf(settings);
    app = buildApp({ db, keys, blobs, workers, sender, metrics, limits: limitsOf(settings), server }, options);
    const url = await listen(app, settings.listen);
    listeners = await listenBesides(metrics, settings, app.log);
    listening = `listening on ${url}`;
    await store.prepare();
    await claimBlobs({ db, blobs });
    const handlers = [handle(deliverJob, (data, last) => deliver({ db, keys, sender, metrics }, data, last))];
    await prepareJobs(
      db,
      handlers.map(({ job }) => job),
    );
    const bootstrapped = await firstUser(db, settings);
    await readiness.check(app.log);
    started = true;
    const jobs = new Runner({ db, log: app.log, handlers });
    await jobs.start();
    const isReady = () => !readiness.refusal;
    const backups = await startBackups({ db, log: app.log }, settings, { isReady, leastMs: times.firstBackupMs });
    const compaction = { isReady, firstMs: times.firstCompactionMs };
    const stopCompacting = compactRegularly({ db, log: app.log }, settings, compaction);
    const clientUrl = settings.publicUrl ?? url;
    const parts = {
      app,
      listeners,
      metrics,
      store,
      blobs,
      workers,
      readiness,
      sender,
      jobs,
      backups,
      stopCompacting,
      clientUrl,
    };
    return run(parts, { url, bootstrapped }, times.lastRequestsMs);
  } catch (error) {
    await app?.close();
    for (const listener of listeners) await listener.close();
    await store.close();
    throw error;
  }
}

/**
 * Makes an access token for a person, without a running server: for somebody who has lost every token. Whoever can read the
 * data folder, or has the database's URL and master key, may do so.
 *
 * @throws Error with a sentence for the operator.
 */
export async function makeUserToken(settings: Settings, login: string): Promise<string> {
  await requireFolder(settings);
  const store = await openStore(settings, () => `process ${process.pid}, making an access token`);
  try {
    await store.requireCurrent();
    const token = await issueToken(store.db, login);
    if (token === undefined) throw new Error(`There is no user ${login} on this server.`);
    return token;
  } finally {
    await store.close();
  }
}

/**
 * Writes all that the server of the settings has stored into a file, also while it runs.
 *
 * @throws Error with a sentence for the operator. Then there is no file.
 */
export function backUp(settings: Settings, file: string, signal?: AbortSignal): Promise<Dumped> {
  return makeBackup(settings, file, { version: manifest.version, signal });
}

/**
 * Fills the empty database and folder of the settings with a backup. Messages that webhooks had not got are not sent, because the
 * server that was backed up may have sent them since.
 *
 * @throws Error with a sentence for the operator.
 */
export function restore(settings: Settings, file: string): Promise<Restored> {
  return restoreBackup(settings, file, (db) => forgetUnsent({ db }));
}

interface Parts {
  app: FastifyInstance;
  listeners: Listener[];
  metrics: Metrics;
  store: Store;
  blobs: Blobs;
  workers: Workers;
  readiness: Readiness;
  sender: Sender;
  jobs: Runner;
  /** Of the embedded database. */
  backups: Listener | undefined;
  stopCompacting: () => Promise<void>;
  /** Base of the URLs in messages that no request has caused. */
  clientUrl: string;
}

function run(
  {
    app,
    listeners,
    metrics,
    store,
    blobs,
    workers,
    readiness,
    sender,
    jobs,
    backups,
    stopCompacting,
    clientUrl,
  }: Parts,
  started: Pick<RunningServer, "url" | "bootstrapped">,
  lastRequestsMs = LAST_REQUESTS_MS,
): RunningServer {
  const { db, keys } = store;
  const ctx = { db, keys, blobs, workers, metrics, log: app.log, url: clientUrl };
  const sweeps: [work: () => Promise<unknown>, failed: string][] = [
    ...regularly.map((work): [() => Promise<unknown>, string] => [
      () => work(ctx),
      "could not do what updates have left to do",
    ]),
    [() => sweepPacks({ db, blobs }), "could not remove what unfinished publishes left"],
    [() => sweepUpdateBlobs({ db, blobs }), "could not remove what updates have replaced"],
    [() => sweepDeliveries({ db }), "could not remove old messages of webhooks"],
  ];
  const upkeep = () =>
    store.upkeep().catch((err: unknown) => app.log.error({ err }, "the upkeep of the embedded database failed"));
  const repeated = [
    repeat(CHECK_EVERY_MS, () => readiness.check(app.log)),
    ...sweeps.map(([work, failed]) =>
      repeat(SWEEP_EVERY_MS, async () => {
        if (!readiness.refusal) await work().catch((err: unknown) => app.log.error({ err }, failed));
      }),
    ),
    repeat(UPKEEP_EVERY_MS, upkeep),
  ];
  const close = async () => {
    const own = Promise.all([stopCompacting(), ...repeated.map((stop) => stop())]);
    await Promise.all([jobs.stop(lastRequestsMs), within(lastRequestsMs, own), endRequests(app, lastRequestsMs)]);
    for (const listener of listeners) await listener.close();
    await backups?.close();
    await sender.close();
    // First, because a transaction may wait for a task.
    await store.close();
    await workers.close();
  };
  return { ...started, close };
}

/**
 * Lets requests in flight finish, for a time. Idle connections are closed here, because clients keep them open for a
 * minute.
 */
async function endRequests(app: FastifyInstance, lastRequestsMs: number): Promise<void> {
  const closeIdle = setInterval(() => app.server.closeIdleConnections(), 50);
  const closeAll = setTimeout(() => app.server.closeAllConnections(), lastRequestsMs);
  await app.close().finally(() => {
    clearInterval(closeIdle);
    clearTimeout(closeAll);
  });
}

/** Waits for something, but not longer. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, timer(ms, undefined, { signal: over.signal })]).finally(() => over.abort());
}

/** Makes backups of the embedded database, and lets `quillon backup` ask for one. */
async function startBackups(
  ctx: { db: Db; log: FastifyBaseLogger },
  settings: Settings,
  options: { isReady: () => boolean; leastMs: number | undefined },
): Promise<Listener | undefined> {
  if (settings.databaseUrl) return undefined;
  const copies = await serveCopies({ db: ctx.db, data: settings.data });
  const stop = backUpRegularly(ctx, settings, { ...options, version: manifest.version });
  return {
    async close() {
      await stop();
      await copies.close();
    },
  };
}

function firstUser(db: Db, settings: Settings): Promise<Bootstrapped | undefined> {
  const { bootstrapUser: user, bootstrapOrg: organization, bootstrapToken: token } = settings;
  return bootstrap(db, { user, organization, token });
}

/** @returns where it listens. */
async function listen(app: FastifyInstance, where: Settings["listen"]): Promise<string> {
  try {
    await app.listen(where);
  } catch (error) {
    throw listenError(where, error);
  }
  return urlOf(app.server.address() as AddressInfo);
}

/** @throws Error when a setting is given without one that it needs, or there can be no temporary files. */
async function requireWhatItNeeds(settings: Settings): Promise<void> {
  requireTrustedProxy(settings);
  requireDatabaseForBucket(settings);
  await requireTemporaryFolder();
}

/** @throws Error when the embedded database would have its blobs elsewhere: it is copied and backed up as one folder. */
function requireDatabaseForBucket({ blobs, databaseUrl }: Settings): void {
  if (!blobs || databaseUrl) return;
  throw new Error(
    `${settingLabel("blobs")} needs a PostgreSQL (QUILLON_DATABASE_URL). The embedded database keeps its blobs in the data folder.`,
  );
}

/** @throws Error when nobody may say whom a proxy has signed in. */
function requireTrustedProxy({ proxyUserHeader, trustProxy }: Settings): void {
  if (!proxyUserHeader || trustProxy) return;
  throw new Error(
    `${settingLabel("proxyUserHeader")} needs ${settingLabel("trustProxy")}: the addresses of the proxies that may say who has signed in.`,
  );
}

interface Listener {
  close(): Promise<void>;
}

/** Listens where other settings say, besides the address of the API. */
async function listenBesides(metrics: Metrics, settings: Settings, log: FastifyBaseLogger): Promise<Listener[]> {
  const looked = cliLoginOf(settings);
  const listeners = [await listenForMetrics(metrics, settings), looked && (await listenForCliLogin(looked, log))];
  return listeners.filter((listener) => listener !== undefined);
}

/** @returns nothing when no setting asks for a port of its own. */
async function listenForMetrics(
  metrics: Metrics,
  { metricsListen }: Pick<Settings, "metricsListen">,
): Promise<Listener | undefined> {
  if (!metricsListen) return undefined;
  const app = buildMetricsApp(metrics);
  try {
    await app.listen(metricsListen);
    return app;
  } catch (error) {
    throw listenError(metricsListen, error, "metricsListen");
  }
}

function factsOf(settings: Settings): ServerFacts {
  const {
    databaseUrl,
    deletedStacksDays,
    predictionsDays,
    eventsDays,
    receiptsDays,
    findingsDays,
    auditDays,
    stateVersions,
  } = settings;
  return {
    version: manifest.version,
    database: databaseUrl ? "postgresql" : "embedded",
    keeps: {
      deletedStacksDays,
      predictionsDays,
      eventsDays: eventsDays ?? null,
      receiptsDays: receiptsDays ?? null,
      findingsDays: findingsDays ?? null,
      auditDays: auditDays ?? null,
      stateVersions: stateVersions ?? null,
    },
    deltaCutoff: settings.deltaCutoff ?? null,
    journal: settings.journal,
  };
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

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
