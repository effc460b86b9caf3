import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBroken } from "./checker/check.ts";
import { Client } from "./client.ts";
import { Recorder } from "./history.ts";
import { Random } from "./random.ts";
import { openSmallDisk, type SmallDisk } from "./small-disk.ts";
import { beginWork } from "./work.ts";
import { type FaultWorld, openEmbedded } from "./worlds.ts";

let disk: SmallDisk;
let faults: FaultWorld;

beforeAll(async () => {
  disk = openSmallDisk(160);
  faults = await openEmbedded({}, join(disk.dir, "data"));
});

afterAll(async () => {
  await faults?.close();
  disk?.close();
});

test("a full disk is told with 503, loses nothing, also with kill -9, and work goes on when it has space again", async () => {
  const work = await beginWork("full", new Random(1), faults);
  const somebody = new Client(new Recorder(), new Random(2), faults);
  let made = 0;
  const untilRefused = async () => {
    for (let status: number | undefined = 200; status === 200; made += 1) {
      const body = { stackName: `more-${made}`, tags: { long: "x".repeat(200) } };
      status = (await somebody.try("POST /api/stacks/acme/faults", { body }))?.status;
    }
  };

  await work.recorder.acknowledges(40);
  disk.fill();
  await untilRefused();
  disk.free();
  await work.recorder.acknowledges(20);

  disk.fill();
  await untilRefused();
  await faults.world.server.kill();
  disk.free();
  await faults.world.server.start();
  await work.recorder.acknowledges(20);
  const { calls, unexpected } = await work.end();
  expect([...findBroken(calls), ...unexpected, ...somebody.unexpected]).toEqual([]);
});
