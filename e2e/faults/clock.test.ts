import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBroken } from "./checker/check.ts";
import { Client } from "./client.ts";
import { type Clock, hasClocks, newClock } from "./clock.ts";
import { Recorder } from "./history.ts";
import { download, enable, publish, readAll } from "./packs.ts";
import { Random } from "./random.ts";
import { Stack } from "./updates.ts";
import { type FaultWorld, openEmbedded, openReplicas, postgresPrograms } from "./worlds.ts";

const databases = [
  { name: "the server", open: openEmbedded },
  ...(postgresPrograms ? [{ name: "PostgreSQL", open: openReplicas }] : []),
];

describe.skipIf(!hasClocks).each(databases)("when the clock of $name jumps", ({ open }) => {
  let dir: string;
  let clock: Clock;
  let faults: FaultWorld;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "quillon-clock-"));
    // PostgreSQL reads it as another user.
    chmodSync(dir, 0o755);
    clock = newClock(join(dir, "clock"));
    faults = await open(clock.env);
  });
  afterAll(async () => {
    await faults?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test("forward, an update loses its stack and writes nothing more; back, it keeps the stack until it is cancelled", async () => {
    const recorder = new Recorder();
    const client = new Client(recorder, new Random(3), faults);
    const stack = new Stack("clock");
    await stack.make(client);
    await publish(client, "clock", "1.0.0");
    await enable(client, "clock", "1.0.0");
    const first = await stack.begin(client);
    await first?.save();

    await recorder.record("clock jump", {}, async () => {
      clock.set("+400s");
      return { result: "done", answer: null };
    });
    expect(await first?.save()).toMatchObject({ result: "refused" });
    expect(await first?.renew()).toMatchObject({ result: "refused" });
    expect(await first?.complete()).toMatchObject({ result: "refused" });
    const second = await stack.begin(client);
    expect(await second?.add(2)).toMatchObject({ result: "done" });

    clock.set("-3600s");
    expect(await second?.add(1)).toMatchObject({ result: "done" });
    expect(await second?.renew()).toMatchObject({ result: "done" });
    expect(await stack.begin(client)).toBeUndefined();
    await publish(client, "clock", "1.1.0");
    await enable(client, "clock", "1.1.0");
    expect(await second?.cancel()).toMatchObject({ result: "done" });
    expect(await second?.add(1)).toMatchObject({ result: "refused" });
    const third = await stack.begin(client);
    expect(await third?.save()).toMatchObject({ result: "done" });
    expect(await third?.events(2)).toMatchObject({ result: "done" });
    expect(await third?.complete()).toMatchObject({ result: "done" });

    clock.set("+0s");
    await stack.readAll(client);
    await readAll(client, "clock", ["1.0.0", "1.1.0"]);
    await download(client, "clock", "1.1.0");
    expect([...findBroken(recorder.calls), ...client.unexpected]).toEqual([]);
  });
});
