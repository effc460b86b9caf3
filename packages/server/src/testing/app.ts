import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import { bootstrap } from "../actions/bootstrap.ts";
import { claimBlobs } from "../actions/claim-blobs.ts";
import { compact, type Retention } from "../actions/compact.ts";
import { settleAll } from "../actions/settle-updates.ts";
import { diskBlobs } from "../blobs/disk.ts";
import type { Blobs } from "../blobs/types.ts";
import type { Limits, ServerFacts } from "../context.ts";
import { claimInstance } from "../db/instance.ts";
import type { Db } from "../db/open.ts";
import { type AppOptions, buildApp } from "../http/app.ts";
import { deriveKeys, type Keys, type MasterKey, masterKeyOf } from "../keys.ts";
import { Metrics } from "../metrics.ts";
import { Sender } from "../outbound/sender.ts";
import { readSettings } from "../settings.ts";
import type { Workers } from "../workers/pool.ts";
import type { Engine } from "./database.ts";
import { openWorkers } from "./workers.ts";

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what a test asserts
  body: any;
  headers: Record<string, unknown>;
}

export interface TestApp {
  app: FastifyInstance;
  db: Db;
  keys: Keys;
  sender: Sender;
  metrics: Metrics;
  blobs: Blobs;
  workers: Workers;
  /** Where the blobs are. */
  folder: string;
  /** The access token of `admin`, who administers `acme`. */
  token: string;
  /** Sends `METHOD /path` with the Authorization header `as`, by default the admin's, and reads the JSON answer. */
  send(request: string, body?: unknown, options?: { as?: string } & InjectOptions): Promise<Answer>;
  /** Does what the server does from time to time for updates that have ended. */
  upkeep(): Promise<void>;
  /** Removes what is older than it is kept, by default with the settings that a server has without any. */
  compact(keep?: Partial<Retention>): Promise<void>;
  close(): Promise<void>;
}

const MiB = 1024 * 1024;

/** It reaches this machine, where tests listen. */
const sender = new Sender({ allowed: ["127.0.0.0/8"] });

/** For all tests of a file, and without threads until one of them sends something large. */
const workers = openWorkers();

const forever = { eventsDays: null, receiptsDays: null, findingsDays: null, auditDays: null, stateVersions: null };
/** Removed stacks are not kept, so that tests see what is left of one. */
export const FACTS: ServerFacts = {
  version: "0.0.0-test",
  database: "embedded",
  keeps: { deletedStacksDays: 0, predictionsDays: 14, ...forever },
  deltaCutoff: null,
  journal: true,
};

/** For a server that keeps removed stacks. */
export const KEEPING_STACKS = { keeps: { ...FACTS.keeps, deletedStacksDays: 30 } };

/** A whole server that listens on no socket: real routes, real database, blobs in a temporary folder. */
export async function startApp(
  engine: Engine,
  limits: Partial<Limits> = {},
  { master = masterKeyOf(randomBytes(32)), ...options }: Partial<AppOptions> & { master?: MasterKey } = {},
  facts: Partial<ServerFacts> = {},
): Promise<TestApp> {
  const { db, close } = await engine.fresh();
  const folder = await mkdtemp(join(tmpdir(), "quillon-test-"));
  const made = await bootstrap(db, { user: "admin", organization: "acme" });
  const keys = deriveKeys(await claimInstance(db, master));
  const all = {
    json: MiB,
    pack: 64 * MiB,
    state: 256 * MiB,
    secret: 32 * MiB,
    archive: 256 * MiB,
    entries: 20_000,
    requests: 1e9,
    ...limits,
  };
  const blobs = diskBlobs(folder);
  await claimBlobs({ db, blobs });
  const metrics = new Metrics({ version: "0.0.0-test" });
  const base = { db, keys, blobs, workers, sender, metrics, limits: all, server: { ...FACTS, ...facts } };
  const app = buildApp(base, { logLevel: "silent", ...options });
  const token = made?.token ?? "";
  return {
    app,
    db,
    keys,
    sender,
    metrics,
    blobs,
    workers,
    folder,
    token,
    async send(request, body, { as = `token ${token}`, ...options } = {}) {
      const [method, url] = request.split(" ");
      const response = await app.inject({
        method: method as "GET",
        url: url ?? "/",
        headers: { authorization: as, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { payload: JSON.stringify(body) }),
        ...options,
      });
      return { status: response.statusCode, body: parse(response.body), headers: response.headers };
    },
    upkeep: () => settleAll({ db, keys, blobs, workers, metrics, log: app.log, url: "http://quillon.example" }),
    async compact(keep = {}) {
      for await (const _ of compact({ db, log: app.log }, { ...readSettings({}, {}), ...keep }));
    },
    async close() {
      await app.close();
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
