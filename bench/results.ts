import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import { startQuillonClient } from "./measure/client.ts";
import type { Running } from "./measure/process.ts";
import { requirePack, TOKEN, withDatabase, withQuillonOnPostgres } from "./measure/quillon.ts";
import { type Pair, pairs, printLine, printPairs, spread, time } from "./measure/ratios.ts";
import { batchesOf, eventsOf, sendBatches, withoutResults } from "./results/events.ts";
import { timeGroupsOfAlike, timeLists, timeOverview } from "./results/lists.ts";
import { blockSome, fillOrganization, makeAlike } from "./results/organization.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 10);
/** Of the organization whose lists are timed. */
const STACKS = Number(process.env.STACKS ?? 10_000);
const SUCCEEDED = Buffer.from(JSON.stringify({ status: "succeeded" }));
const FINDINGS = [1_000, 1_000_000];
/** The organization whose lists are timed. */
const LARGE = "large";

export async function main([only]: string[]): Promise<void> {
  await withQuillonOnPostgres(async (server, databaseUrl) => {
    if (only !== "lists" && only !== "overview") {
      // The recorded events are of this policy.
      await requirePack(startQuillonClient(server.printed, TOKEN), [{ name: "known-prefix" }]);
      await compareFolding(server);
      await withDatabase(databaseUrl, (database) => compareEnds(server.printed, database));
    }
    await withDatabase(databaseUrl, (database) => timeAllLists(server.printed, database, only !== "overview"));
  });
}

async function compareFolding(server: Running): Promise<void> {
  const events = eventsOf(1_000);
  const bodies = { a: batchesOf(events), b: batchesOf(withoutResults(events)) };
  const client = startQuillonClient(server.printed, TOKEN);
  const stack = await client.newStack();
  const waited: Pair<number[]> = { a: [], b: [] };
  const perSecond = async (which: "a" | "b") => {
    const update = await client.newUpdate(stack);
    const took = await time(async () => waited[which].push(...(await sendBatches(update, bodies[which]))));
    await update("POST", "complete", SUCCEEDED);
    return events.length / (took / 1000);
  };
  const before = { client: process.cpuUsage(), server: await cpuSeconds(server.pid) };
  const figures = await pairs(
    () => perSecond("a"),
    () => perSecond("b"),
    { count: ROUNDS, warmup: 2 },
  );
  const used = process.cpuUsage(before.client);
  console.log(`${events.length} events, ${Math.round(JSON.stringify(events).length / events.length)} bytes each`);
  printPairs({ a: "events per second, results read", b: "the same bytes, only stored" }, figures, "/s");
  for (const [name, times] of [
    ["request, results read", waited.a],
    ["request, only stored", waited.b],
  ] as const) {
    const sorted = times.toSorted((x, y) => x - y);
    const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
    console.log(`${name.padEnd(34)} ${spread(times).median.toFixed(1).padStart(8)} ms   (p95 ${p95.toFixed(1)})`);
  }
  const seconds = (used.user + used.system) / 1e6;
  const ofServer = (await cpuSeconds(server.pid)) - before.server;
  console.log(`CPU: client ${seconds.toFixed(1)} s, server without PostgreSQL ${ofServer.toFixed(1)} s`);
}

/** How long an update of 100 resources takes to end, among few and many findings of other stacks. */
async function compareEnds(url: string, database: pg.Client): Promise<void> {
  const bodies = batchesOf(eventsOf(100));
  const client = startQuillonClient(url, TOKEN);
  const stack = await client.newStack();
  const medians: number[] = [];
  for (const findings of FINDINGS) {
    await fill(database, findings);
    const took: number[] = [];
    for (let round = -5; round < 10 * ROUNDS; round += 1) {
      const update = await client.newUpdate(stack);
      await sendBatches(update, bodies);
      const ms = await time(() => update("POST", "complete", SUCCEEDED));
      if (round >= 0) took.push(ms);
    }
    printLine(`end, ${findings.toLocaleString("en")} findings`, took, "ms", 1);
    medians.push(spread(took).median);
  }
  const [few = 0, many = 0] = medians;
  console.log(`${"ratio of medians".padEnd(34)} ${(many / few).toFixed(2).padStart(8)} ×`);
}

/** Brings the organization to so many findings, in stacks of 100. */
async function fill(database: pg.Client, findings: number): Promise<void> {
  await database.query(
    `with org as (select id from organizations where name = 'acme'),
    made as (
      insert into stacks (organization_id, project, name, data_key)
      select org.id, 'filled', 'f' || $1::text || '-' || n, '' from org, generate_series(1, $1::int / 100) n
      returning id, organization_id
    )
    insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
      first_seen_at, first_seen_tag, last_seen_at, modified_at)
    select made.organization_id, made.id, 'pets', 'p' || n % 20, 'urn:' || n, sha256(convert_to('urn:' || n, 'UTF8')), '1.0.0',
      'advisory', '', 'm', now(), '1.0.0', now() - make_interval(secs => n), now()
    from made, generate_series(1, 100) n`,
    [findings - Number((await database.query("select count(*) from findings")).rows[0].count)],
  );
  await database.query("vacuum analyze");
}

/** How long the overview and lists take an admin, a team that may read few stacks, and one that may read many. */
async function timeAllLists(url: string, database: pg.Client, lists: boolean): Promise<void> {
  const admin = startQuillonClient(url, TOKEN);
  await admin.json("POST", "/api/quillon/orgs", { name: LARGE });
  await fillOrganization(database, LARGE, STACKS);
  await blockSome(database);
  const clients: Record<string, typeof admin> = { admin };
  for (const team of ["few", "many"]) {
    const tokens = `/api/orgs/${LARGE}/teams/${team}/tokens`;
    const { tokenValue } = await admin.json("POST", tokens, { name: "bench", description: "", expires: 0 });
    clients[`a team that may read ${team} stacks`] = startQuillonClient(url, tokenValue);
  }
  await untilInBlocks(database);
  const asking = { organization: LARGE, clients, rounds: ROUNDS };
  await timeOverview(asking);
  if (!lists) return;
  await timeLists(database, asking);
  await makeAlike(database);
  await timeGroupsOfAlike(asking);
}

/** The server's upkeep has to see that all these stacks are new. */
async function untilInBlocks(database: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query("select count(*)::int as count from scored_stacks where block_id is null");
    if (rows[0].count === 0) break;
    await setTimeout(1_000);
  }
  await database.query("vacuum analyze");
}

/** The processor time that a process has used. Linux only. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
