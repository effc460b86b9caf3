import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChangingProxy, openProxy } from "../harness/proxy.ts";
import { findBroken } from "./checker/check.ts";
import { Client } from "./client.ts";
import { Recorder } from "./history.ts";
import { openLossyRelay } from "./lossy.ts";
import { download, enable, publish, readAll } from "./packs.ts";
import { Random } from "./random.ts";
import { Stack } from "./updates.ts";
import { beginWork } from "./work.ts";
import { type FaultWorld, openEmbedded } from "./worlds.ts";

// What stands between clients and a good server, and changes or loses its answers.

let faults: FaultWorld;
let proxy: ChangingProxy;
let stories = 0;

beforeAll(async () => {
  faults = await openEmbedded();
});

afterAll(() => faults?.close());

test("when answers are lost after the server has done what was asked, it is not done twice", async () => {
  const random = new Random(7);
  const relay = await openLossyRelay(faults.world.server.url);
  try {
    const work = await beginWork("lost", random.split(), { token: faults.token, servers: [relay] });
    relay.loses = () => random.chance(0.3);
    const { calls: seen } = work.recorder;
    const isMissing = (kind: string) => !seen.some((call) => call.do === kind && call.result === "unknown");
    await work.recorder.acknowledges(150);
    while (["start", "save", "add", "events", "complete", "publish"].some(isMissing))
      await work.recorder.acknowledges(1);
    relay.loses = () => false;
    const { calls, unexpected } = await work.end();
    expect([...findBroken(calls), ...unexpected]).toEqual([]);
  } finally {
    relay.close();
  }
});

/** What a proxy does instead of what it is asked, so that the checker has something to find. */
type Lie = (proxy: ChangingProxy, story: { pack: string }) => void;

/** The same of everybody: three updates, one of which is cancelled, and one that comes too late; a pack that is published and enabled. */
async function tell(lie: Lie): Promise<string[]> {
  stories += 1;
  const [name, pack] = [`story-${stories}`, `pack-${stories}`];
  proxy = await openProxy(faults.world.server.url);
  const recorder = new Recorder();
  const client = new Client(recorder, new Random(stories), { token: faults.token, servers: [proxy] });
  const stack = new Stack(name);
  try {
    await stack.make(client);
    await publish(client, pack, "1.0.0");
    lie(proxy, { pack });
    await enable(client, pack, "1.0.0");
    const first = await stack.begin(client);
    await first?.save();
    await stack.read(client);
    await first?.save();
    await first?.events(2);
    await stack.read(client);
    const late = await stack.begin(client);
    await late?.complete();
    await first?.complete();
    const second = await stack.begin(client);
    await second?.add(2);
    await second?.cancel();
    await second?.add(1);
    await second?.complete();
    const third = await stack.begin(client);
    await third?.complete();
    await stack.readAll(client);
    await readAll(client, pack, ["1.0.0"]);
    await download(client, pack, "1.0.0");
    return findBroken(recorder.calls);
  } finally {
    proxy.close();
  }
}

/** The first time it returns what it gets, and afterwards the same. */
function stale(path: RegExp): ChangingProxy["changes"] {
  let old: string | undefined;
  return (asked, body) => {
    if (!path.test(asked)) return body;
    old ??= body;
    return old;
  };
}

const started = JSON.stringify({ version: 2, token: "none", tokenExpiration: 0 });

const lies: [name: string, lie: Lie, found: RegExp][] = [
  [
    "acknowledges a state without storing it",
    (to) => (to.drops = (path) => path.endsWith("/checkpointverbatim")),
    /was read as \[\]/,
  ],
  [
    "acknowledges a delta without storing it",
    (to) => (to.drops = (path) => path.endsWith("/checkpointdelta")),
    /was read as \[story-\d+-run1-1\]/,
  ],
  [
    "acknowledges entries of a journal without storing them",
    (to) => (to.drops = (path) => path.endsWith("/journalentries")),
    /was read as/,
  ],
  [
    "acknowledges events without storing them",
    (to) => (to.drops = (path) => path.endsWith("/events/batch")),
    /0,1 were acknowledged, and are lost/,
  ],
  [
    "acknowledges a cancel without doing it",
    (to) => (to.drops = (path) => path.endsWith("/cancel")),
    /had lost the stack|told that it has ended/,
  ],
  [
    "starts a second update while one runs",
    (to) => {
      to.accepts = (path) => /\/update\/[0-9a-f-]{36}$/.test(path);
      to.changes = (_, body) => (body.includes('"stack_busy"') ? started : body);
    },
    /run2 was started while story-\d+-run1 held the stack/,
  ],
  [
    "takes a write of an update that was cancelled",
    (to) => (to.accepts = (path) => path.endsWith("/journalentries")),
    /had lost the stack, and was told that "add" was done/,
  ],
  ["answers an old state", (to) => (to.changes = stale(/\/export$/)), /the newest state was read as/],
  [
    "skips a version",
    (to) =>
      (to.changes = (path, body) => (path.endsWith("/updates") ? body.replaceAll('"version":3', '"version":4') : body)),
    /its versions are 1, 2, 4/,
  ],
  [
    "forgets a version",
    (to) => (to.changes = (path, body) => (path.endsWith("/updates") ? '{"updates":[]}' : body)),
    /it is not in the history/,
  ],
  [
    "forgets what is enabled",
    (to) =>
      (to.changes = (path, body) =>
        path.endsWith("/update") ? body.replace(/"requiredPolicies":\[.*?\]/, '"requiredPolicies":[]') : body),
    /must run no pack-\d+, and enabled was/,
  ],
  [
    "acknowledges that a pack is enabled, and enables none",
    (to) => (to.drops = (path) => path.endsWith("/default-policy-group")),
    /must run no pack-\d+, and enabled was/,
  ],
];

test("nothing is found when the proxy says what the server says", async () => {
  expect(await tell(() => {})).toEqual([]);
});

test.each(lies)("a server that %s is found out", async (_, lie, found) => {
  expect((await tell(lie)).join("\n")).toMatch(found);
});
