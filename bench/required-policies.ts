// npm run bench -- required-policies: how long create-update takes to find out which policy packs a stack must run, among 10,
// 1,000 and 100,000 stacks and with 1, 20 and 200 policy groups with selectors. Each is compared with the same question among
// 10 stacks. Then how long the list of the 20 groups and their metadata take among 100,000 stacks, and what 10,000 exceptions
// cost. Runs on PostgreSQL where it is installed, and on the embedded database.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { migrate } from "../packages/server/src/db/migrate.ts";
import { openDatabase } from "../packages/server/src/db/open.ts";
import { findPostgres, type Postgres, startPostgres } from "../tools/postgres.ts";
import { type Pair, pairs, printLine, type Spread, spread, time } from "./measure/ratios.ts";
import { type Ask, type Asks, seed } from "./required-policies/seed.ts";

const STACKS = [10, 1_000, 100_000];
const GROUPS = [1, 20, 200];
const count = Number(process.env.ROUNDS ?? 200);

/** Where the database with that many stacks is. */
type Where = (stacks: number) => Promise<Parameters<typeof openDatabase>[0]>;

export async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
  const programs = findPostgres();
  const postgres = programs ? await startPostgres(programs) : undefined;
  try {
    console.log("embedded database");
    await compare(inFolders(folder));
    if (!postgres) return;
    console.log("PostgreSQL");
    await compare(onServer(postgres));
  } finally {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function inFolders(parent: string): Where {
  return async (stacks) => {
    const folder = join(parent, String(stacks));
    await mkdir(folder);
    return { folder };
  };
}

function onServer({ url }: Postgres): Where {
  return async (stacks) => {
    const admin = openDatabase({ databaseUrl: url });
    await sql.raw(`create database stacks_${stacks}`).execute(admin.db);
    await admin.close();
    return { databaseUrl: url.replace(/postgres$/, `stacks_${stacks}`) };
  };
}

/** Opens one database for each number of stacks, and asks each of the large ones and the small one alternately. */
async function compare(where: Where): Promise<void> {
  const opened = [];
  for (const stacks of STACKS) {
    const database = openDatabase(await where(stacks));
    await migrate(database.db);
    const asks = await seed(database.db, { stacks, groups: GROUPS });
    opened.push({ ...database, stacks, asks });
  }
  const [small, ...large] = opened;
  for (const groups of GROUPS) {
    for (const { stacks, asks } of large) {
      await compareAsks({ a: asks.get(groups)?.required, b: small?.asks.get(groups)?.required }, { groups, stacks });
    }
  }
  const twenty = large.at(-1)?.asks.get(20);
  if (!twenty) throw new Error("there are no 20 groups");
  await timeLists(twenty);
  await twenty.except();
  for (const [of, ask] of [
    ["decided", "required"],
    ["and the update created", "create"],
    ["the update created and answered for an older CLI", "older"],
  ] as const) {
    console.log(`10,000 exceptions, 50 of them the stack's, against none: ${of}`);
    await compareAsks({ a: twenty[ask], b: small?.asks.get(20)?.[ask] }, { groups: 20, stacks: STACKS.at(-1) ?? 0 });
  }
  for (const { close } of opened) await close();
}

/** Each after one stack has changed. The first time, selectors look at every stack. */
async function timeLists(asks: Asks): Promise<void> {
  printLine("20 groups, the first time", [await time(asks.groups)], "ms", 1);
  for (const name of ["groups", "metadata"] as const) {
    const took: number[] = [];
    for (let round = 0; round < 50; round += 1) {
      await asks.change();
      took.push(await time(asks[name]));
    }
    const p95 = took.toSorted((x, y) => x - y)[Math.floor(took.length * 0.95)] ?? Number.NaN;
    printLine(`20 groups, 100,000 stacks, ${name}`, took, "ms", 1);
    console.log(`${"p95".padEnd(34)} ${p95.toFixed(1).padStart(8)} ms   (at most 100)`);
  }
}

async function compareAsks({ a, b }: Pair<Ask | undefined>, { groups, stacks }: { groups: number; stacks: number }) {
  if (!a || !b) throw new Error(`nothing to ask with ${groups} groups`);
  const figures = await pairs(
    () => time(a),
    () => time(b),
    { count, warmup: 20 },
  );
  const [large, small] = [figures.map((pair) => pair.a), figures.map((pair) => pair.b)];
  printLine(`${groups} groups, ${stacks.toLocaleString("en")} stacks`, large, "ms", 2);
  printLine(`${groups} groups, 10 stacks`, small, "ms", 2);
  const ratio = (at: keyof Spread) => (spread(large)[at] / spread(small)[at]).toFixed(2);
  console.log(`${"ratio of medians, of p90s".padEnd(34)} ${ratio("median").padStart(8)} ×    ${ratio("p90")} ×`);
}
