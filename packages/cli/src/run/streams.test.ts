import { expect, test } from "vitest";
import { Streams } from "./streams.ts";

const step = (planning: boolean) => ({ resourcePreEvent: planning ? { planning } : {} });
const end = (isPreview: boolean) => ({ summaryEvent: { isPreview } });
const policy = { policyAnalyzeStackSummaryEvent: {} };
const error = { diagnosticEvent: { severity: "error" } };

/** Sends streams to the runs of `pulumi up`, or of another command. @returns how many events each run got. */
async function send(streams: object[][], previews = [true, false]) {
  const got = previews.map(() => [] as number[]);
  const all = new Streams(
    previews.map((isPreview, at) => ({ isPreview, add: (event) => got[at]?.push(event.sequence) })),
    [],
  );
  for (const events of streams) {
    const stream = all.open();
    for (const [sequence, event] of events.entries())
      stream.event(JSON.stringify({ sequence, timestamp: 0, ...event }));
    stream.end(true);
  }
  await all.idle();
  return { got, ends: (code: number) => all.ends(code) };
}

test.each<[what: string, streams: object[][], code: number, wanted: { got: number[]; ends: string[] }]>([
  [
    "a preview and an update",
    [
      [policy, step(true), end(true)],
      [policy, step(false), end(false)],
    ],
    0,
    { got: [3, 3], ends: ["succeeded", "succeeded"] },
  ],
  ["an update that failed", [[step(true)], [step(false), error]], 255, { got: [1, 2], ends: ["succeeded", "failed"] }],
  ["a stopped preview", [[policy, step(true), error]], 255, { got: [3, 0], ends: ["failed", "cancelled"] }],
  [
    "a preview that nobody confirmed",
    [[step(true), end(true)]],
    255,
    { got: [2, 0], ends: ["succeeded", "cancelled"] },
  ],
  ["an update without its preview", [[step(false), end(false)]], 0, { got: [0, 2], ends: ["succeeded", "succeeded"] }],
  ["a stream that does not say what it is", [[policy]], 1, { got: [1, 0], ends: ["succeeded", "cancelled"] }],
  ["nothing", [], 1, { got: [0, 0], ends: ["failed", "failed"] }],
  ["nothing, and all is well", [], 0, { got: [0, 0], ends: ["succeeded", "succeeded"] }],
  [
    "one stream too many",
    [[step(true)], [step(false)], [step(false)]],
    0,
    { got: [1, 1], ends: ["succeeded", "succeeded"] },
  ],
])("of pulumi up: %s", async (_, streams, code, wanted) => {
  const { got, ends } = await send(streams);
  expect({ got: got.map(({ length }) => length), ends: ends(code) }).toEqual(wanted);
  for (const numbers of got) expect(numbers).toEqual([...numbers.keys()]);
});

test.each([
  [true, 0, "succeeded"],
  [true, 255, "failed"],
  [false, 255, "failed"],
])("of a single run, preview %s, exit code %i: %s", async (preview, code, wanted) => {
  const sent = await send([[step(preview), end(preview)]], [preview]);
  expect(sent.got).toEqual([[0, 1]]);
  expect(sent.ends(code)).toEqual([wanted]);
});

test("what can't be read is counted", async () => {
  const numbers: number[] = [];
  const all = new Streams([{ isPreview: true, add: ({ sequence }) => numbers.push(sequence) }], []);
  const stream = all.open();
  for (const json of ['{"sequence":4,"timestamp":0}', "{", ""]) stream.event(json);
  const idle = all.idle();
  stream.end(false);
  await idle;
  expect(numbers).toEqual([4, 5, 6]);
});
