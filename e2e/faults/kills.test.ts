import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBroken } from "./checker/check.ts";
import { killAtRandom } from "./kills.ts";
import { Random } from "./random.ts";
import { beginWork } from "./work.ts";
import { type FaultWorld, openEmbedded, openReplicas, postgresPrograms } from "./worlds.ts";

const seed = Number(process.env.QUILLON_FAULTS_SEED ?? Date.now() % 1_000_000);

const kinds = ["start", "save", "add", "events", "complete", "publish", "enable"];

const databases = [
  { name: "one server on the embedded database", open: openEmbedded, kills: 6 },
  ...(postgresPrograms ? [{ name: "two servers on a PostgreSQL", open: openReplicas, kills: 14 }] : []),
];

describe.each(databases)("with kill -9 of $name", ({ open, kills }) => {
  let faults: FaultWorld;
  beforeAll(async () => {
    faults = await open();
  });
  afterAll(() => faults?.close());

  test(`nothing is lost that was acknowledged (QUILLON_FAULTS_SEED=${seed})`, async () => {
    const random = new Random(seed);
    const work = await beginWork("kills", random.split(), faults);
    await killAtRandom(faults, { kills, random, recorder: work.recorder });
    const { calls: seen } = work.recorder;
    const isMissing = (kind: string) => !seen.some((call) => call.do === kind && call.result === "done");
    while (kinds.some(isMissing)) await work.recorder.acknowledges(1);
    const { calls, unexpected } = await work.end();
    expect([...findBroken(calls), ...unexpected], `QUILLON_FAULTS_SEED=${seed}`).toEqual([]);
  });
});
