// npm run bench -- update-life [STACKS RESOURCES | all]: updates of so many stacks at the same time, each of which makes so many resources:
// create, start, events and journal, complete, export. On PostgreSQL beside pgbench, which sends the same statements, and on the embedded
// database. Without arguments 1 and 10 stacks, 100 and 1,000 resources.
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { findPostgres, startPostgres } from "../tools/postgres.ts";
import { repositoryDir } from "../tools/repository.ts";
import { memoryOf, type Running } from "./measure/process.ts";
import { TOKEN, withDatabase, withQuillon } from "./measure/quillon.ts";
import type { Done } from "./update-life/client.ts";
import { KINDS, type Kind } from "./update-life/life.ts";
import { type Replayed, replayUpdates } from "./update-life/replay.ts";
import { between, type Usage, usageOf, usageOfPostgres } from "./update-life/usage.ts";

const FEW = { stacks: [1, 10], resources: [100, 1_000] };
const ALL = { stacks: [1, 10, 50], resources: [100, 1_000, 10_000] };
/** Small updates are repeated until they have made so many resources. */
const LEAST_RESOURCES = 1_000;

/** Milliseconds that the p95 may take of 10 stacks with 10,000 resources. */
const MOST_MS: Partial<Record<Kind, number>> = { journal: 150, export: 1_000 };

interface Size {
  stacks: number;
  /** How many updates follow one another in the place of each stack, each of a stack of its own. */
  lives: number;
  resources: number;
}

export async function main([first, second]: string[]): Promise<void> {
  const chosen = { stacks: [Number(first)], resources: [Number(second)] };
  const grid = first === "all" ? ALL : second ? chosen : FEW;
  for (const stacks of grid.stacks)
    for (const resources of grid.resources) {
      const size = { stacks, resources, lives: Math.max(1, Math.ceil(LEAST_RESOURCES / resources)) };
      await onPostgres(size);
      await withQuillon({}, async (server) => print("the embedded database", size, await measure(server, size)));
    }
}

interface Measured {
  done: Done;
  server: Usage;
  /** Undefined when it is in the server's process. */
  database: Usage | undefined;
  /** The most memory of the server, in bytes. */
  peak: number;
}

async function measure({ printed, pid }: Running, size: Size, ofDatabase?: () => Usage): Promise<Measured> {
  const args = ["bench/update-life/client.ts", printed, TOKEN, size.stacks, size.lives, size.resources].map(String);
  const client = fork("tools/run.mjs", args, { cwd: repositoryDir });
  await once(client, "message");
  const before = { server: usageOf(pid), database: ofDatabase?.() };
  client.send("go");
  const [done] = await Promise.race([once(client, "message"), once(client, "exit")]);
  if (typeof done !== "object") throw new Error(`the client ended with ${done}`);
  const database = before.database && ofDatabase && between(before.database, ofDatabase());
  return { done, server: between(before.server, usageOf(pid)), database, peak: memoryOf(pid).peak };
}

async function onPostgres(size: Size): Promise<void> {
  const programs = findPostgres();
  if (!programs) return console.log("PostgreSQL is not installed, so nothing is measured on it.");
  const postgres = await startPostgres(programs);
  try {
    const pid = await pidOfPostgres(postgres.url);
    const ofDatabase = () => usageOfPostgres(pid);
    const settings = { QUILLON_DATABASE_URL: postgres.url, QUILLON_MASTER_KEY: randomBytes(32).toString("base64") };
    const measured: Measured[] = [];
    await withQuillon(settings, async (server) => void measured.push(await measure(server, size, ofDatabase)));
    const peer = await replayUpdates({ programs, databaseUrl: postgres.url, ofDatabase }, size);
    for (const one of measured) print("PostgreSQL", size, one, peer);
  } finally {
    await postgres.stop();
  }
}

/** Of the process of which all others of the database are children. */
async function pidOfPostgres(url: string): Promise<number> {
  let pid = 0;
  await withDatabase(url, async (database) => {
    const { rows } = await database.query("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid");
    pid = rows[0].pid;
  });
  return pid;
}

function print(where: string, size: Size, { done, server, database, peak }: Measured, peer?: Replayed): void {
  const { stacks, lives, resources } = size;
  const { seconds, cpuSeconds, times } = done;
  const requests = KINDS.reduce((sum, kind) => sum + times[kind].length, 0);
  const perSecond = requests / seconds;
  const ms = (seconds: number) => `${((1000 * seconds) / requests).toFixed(1)} ms`;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const often = lives > 1 ? `, ${lives} updates in each place` : "";
  console.log(`\n${stacks} × ${resources.toLocaleString("en")} resources${often}, on ${where}`);
  const ofPeer = peer && requests / peer.seconds;
  const beside = ofPeer ? `; pgbench ${ofPeer.toFixed(0)}: ${(perSecond / ofPeer).toFixed(2)} × (at least 0.3)` : "";
  console.log(`${requests} requests in ${seconds.toFixed(1)} s: ${perSecond.toFixed(0)} per second${beside}`);
  const used = database
    ? `server ${ms(server.main + server.others)}, database ${ms(database.main)}${peer ? ` (by pgbench ${ms(peer.database.main)})` : ""}`
    : `server ${ms(server.main)}, its other threads with the database ${ms(server.others)}`;
  console.log(`processor time for one: ${used}, client ${ms(cpuSeconds)}`);
  const written = database ? `server ${mb(server.written)}, database ${mb(database.written)}` : mb(server.written);
  console.log(`written: ${written}; resident memory of the server, at most: ${(peak / 1024 ** 2).toFixed(0)} MiB`);
  console.log("in ms            p50       p95       p99");
  for (const kind of KINDS) {
    const sorted = times[kind].toSorted((x, y) => x - y);
    const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(0).padStart(9);
    const most = stacks === 10 && resources === 10_000 && MOST_MS[kind];
    console.log(`${kind.padEnd(10)} ${at(0.5)} ${at(0.95)} ${at(0.99)}${most ? `   (p95 at most ${most})` : ""}`);
  }
}
