// npm run soak -- KILLS [SEED]: kills servers and databases with kill -9 while clients work, in rounds on one server with the embedded
// database and on two servers with a PostgreSQL, and holds what the clients were told against the invariants. 30m in place of KILLS: for
// 30 minutes. It ends with code 1 when something was lost.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../tools/failure.ts";
import { findBroken } from "./checker/check.ts";
import type { Call } from "./history.ts";
import { killAtRandom } from "./kills.ts";
import { Random } from "./random.ts";
import { beginWork } from "./work.ts";
import { type FaultWorld, openEmbedded, openReplicas, postgresPrograms } from "./worlds.ts";

const KILLS_IN_ROUND = 20;

const WRITES = ["start", "save", "add", "events", "complete", "cancel", "import", "publish", "enable"];

export async function main([much = "1000", seedText = String(Date.now() % 1_000_000)]: string[]): Promise<void> {
  const [, amount, unit] = /^(\d+)(m?)$/.exec(much) ?? [];
  if (!amount) throw new Failure("Say how many kills, or how many minutes: npm run soak -- 1000, npm run soak -- 30m");
  const began = Date.now();
  const minutes = () => (Date.now() - began) / 60_000;
  const total = { kills: 0, requests: 0, acknowledged: 0, lost: 0 };
  const isOver = () => (unit === "m" ? minutes() : total.kills) >= Number(amount);
  const random = new Random(Number(seedText));
  console.log(`seed ${seedText}`);
  const worlds = await openAll();
  try {
    for (let round = 1; !isOver(); round += 1) {
      const { name, faults } = worlds[(round - 1) % worlds.length] as (typeof worlds)[number];
      const { calls, broken } = await runRound(`round-${round}`, faults, random);
      total.kills += KILLS_IN_ROUND;
      total.requests += calls.length;
      total.acknowledged += calls.filter(({ do: kind, result }) => result === "done" && WRITES.includes(kind)).length;
      total.lost += broken.length;
      for (const sentence of broken) console.log(`LOST: ${sentence}`);
      if (broken.length > 0) console.log(`What the clients were told is in ${await keep(calls, `round-${round}`)}`);
      const { kills, requests, acknowledged, lost } = total;
      console.log(
        `${minutes().toFixed(1)} min, round ${round} on ${name}: ${kills} kills, ${requests} requests, ${acknowledged} acknowledged writes, ${lost} lost`,
      );
    }
  } finally {
    for (const { faults } of worlds) await faults.close();
  }
  process.exitCode = total.lost > 0 ? 1 : 0;
}

/** For whoever looks for the reason. @returns the file's path. */
async function keep(calls: readonly Call[], name: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "quillon-soak-")), `${name}.jsonl`);
  await writeFile(path, calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
  return path;
}

async function openAll(): Promise<{ name: string; faults: FaultWorld }[]> {
  const embedded = { name: "the embedded database", faults: await openEmbedded() };
  if (!postgresPrograms) return [embedded];
  return [embedded, { name: "PostgreSQL", faults: await openReplicas() }];
}

async function runRound(
  name: string,
  faults: FaultWorld,
  random: Random,
): Promise<{ calls: Call[]; broken: string[] }> {
  const work = await beginWork(name, random.split(), faults);
  await killAtRandom(faults, { kills: KILLS_IN_ROUND, random, recorder: work.recorder });
  const { calls, unexpected } = await work.end();
  return { calls, broken: [...findBroken(calls), ...unexpected] };
}
