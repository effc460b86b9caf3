import { hash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const point = (offset: number) => ({ line: 1, column: 1, offset });

/** Replaces what differs between two texts. */
function deltaOf(before: string, after: string): object[] {
  const [old, now] = [Buffer.from(before), Buffer.from(after)];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  // A letter of several bytes may not be cut.
  while (((now[start] ?? 0) & 0xc0) === 0x80 || ((old[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  while (end > 0 && (((now[now.length - end] ?? 0) & 0xc0) === 0x80 || ((old[old.length - end] ?? 0) & 0xc0) === 0x80))
    end -= 1;
  const NewText = now.subarray(start, now.length - end).toString();
  return [{ Span: { uri: "", start: point(start), end: point(old.length - end) }, NewText }];
}

const stateOf = (resources: readonly unknown[], extra = "") =>
  String.raw`{"version":3,"deployment":{"manifest":{"n":12345678901234567890.10,"1":1e400,"s":"\u003c😀"},"resources":[${resources
    .map((one) => JSON.stringify(one))
    .join(",")}]${extra}}}`;

const resource = (name: string, size = 0) => ({ urn: `urn:pulumi:dev::web::a:b:C::${name}`, x: "é".repeat(size) });

describe.each(engines)("deltas of states on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** A new update, and what its CLI sends. */
  async function begin() {
    const stack = await newStack(t);
    return { stack, ...senderOf(stack, await stack.run()) };
  }
  function senderOf(stack: TestStack, update: TestUpdate) {
    const path = `PATCH ${stack.path}/update/${update.id}`;
    const verbatim = (text: string, sequenceNumber: number) =>
      sendText(
        t,
        `${path}/checkpointverbatim`,
        `{"version":3, "untypedDeployment": ${text} ,"sequenceNumber":${sequenceNumber}}`,
        { as: update.as },
      );
    const delta = (before: string, after: string, sequenceNumber: number, more: object = {}) => {
      const body = { version: 3, checkpointHash: hash("sha256", after), sequenceNumber };
      const text = JSON.stringify({ ...body, deploymentDelta: deltaOf(before, after), ...more });
      return sendText(t, `${path}/checkpointdelta`, text, { as: update.as });
    };
    return { update, verbatim, delta };
  }
  const OK = { status: 200, body: {} };
  const UNEXPECTED = { status: 409, body: { code: 409, id: "state_number_unexpected" } };
  const refusedAs = (sentence: string) => ({
    status: 409,
    body: { code: 409, id: "delta_refused", message: expect.stringContaining(sentence) },
  });

  test("a state that was sent verbatim is kept to the byte, and deltas make the bytes of the next ones", async () => {
    const { stack, update, verbatim, delta } = await begin();
    const states = [
      stateOf([resource("a")]),
      stateOf([resource("a"), resource("b")]),
      stateOf([resource("b")], ',"x":"é"'),
    ];
    expect(await verbatim(states[0] ?? "", 1)).toMatchObject(OK);
    expect(await stack.exported()).toBe(states[0]);
    for (const [index, state] of states.slice(1).entries()) {
      expect(await delta(states[index] ?? "", state, index + 2)).toMatchObject(OK);
      expect(await stack.exported()).toBe(state);
    }
    const listed = await t.send(`GET /api/user/stacks?project=web&organization=acme`);
    expect(listed.body.stacks).toContainEqual(expect.objectContaining({ stackName: stack.name, resourceCount: 1 }));
    const own = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${stack.name}/resources`);
    expect(own.body).toMatchObject({ total: 1 });
    await update.complete();
    expect(await stack.exported(1)).toBe(states[2]);
    expect(await rowOf(update)).toEqual({ changes: null, left: 0 });
  });

  async function rowOf({ id }: TestUpdate) {
    const row = await t.db.selectFrom("checkpoints").where("update_id", "=", id).select("changes").executeTakeFirst();
    const left = await t.db.selectFrom("state_changes").where("update_id", "=", id).select("sequence").execute();
    return { changes: row?.changes, left: left.length };
  }

  test("a number from the past, or after a gap, is refused; the last one again changes nothing", async () => {
    const { stack, verbatim, delta } = await begin();
    const [one, two, three] = [stateOf([]), stateOf([resource("a")]), stateOf([resource("b")])];
    expect(await verbatim(one, 2)).toMatchObject(UNEXPECTED);
    expect(await verbatim(one, 1)).toMatchObject(OK);
    expect(await verbatim(two, 3)).toMatchObject(UNEXPECTED);
    expect(await delta(one, two, 3)).toMatchObject(UNEXPECTED);
    expect(await delta(one, two, 1)).toMatchObject(UNEXPECTED);
    expect(await delta(one, two, 2)).toMatchObject(OK);
    expect(await delta(one, two, 2)).toMatchObject(OK);
    expect(await delta(one, three, 2)).toMatchObject(UNEXPECTED);
    expect(await verbatim(one, 1)).toMatchObject(UNEXPECTED);
    expect(await stack.exported()).toBe(two);
    expect(await delta(two, three, 3)).toMatchObject(OK);
    expect(await stack.exported()).toBe(three);
  });

  test("a delta that is refused uses up no number: the whole state comes with it", async () => {
    const { stack, verbatim, delta } = await begin();
    const [one, two, three] = [stateOf([]), stateOf([resource("a")]), stateOf([resource("b")])];
    expect(await delta(one, two, 1)).toMatchObject(refusedAs("has not sent a whole state"));
    expect(await verbatim(one, 1)).toMatchObject(OK);
    const wrong = [
      [{ checkpointHash: hash("sha256", three) }, "does not have the hash"],
      [{ deploymentDelta: [{}] }, "not a list of edits"],
      [{ deploymentDelta: [{ Span: { start: point(0), end: point(1e6) }, NewText: "" }] }, "not a list of edits"],
    ] as const;
    for (const [more, sentence] of wrong) expect(await delta(one, two, 2, more)).toMatchObject(refusedAs(sentence));
    for (const text of [
      "",
      "[]",
      '{"version":3}',
      '{"version":5,"deployment":{}}',
      `${one}x`,
      '{"version":3,"deployment":{"resources":1}}',
    ])
      expect(await delta(one, text, 2)).toMatchObject(refusedAs("is not a state"));
    expect(await stack.exported()).toBe(one);
    expect(await verbatim(two, 2)).toMatchObject(OK);
    expect(await delta(two, three, 3)).toMatchObject(OK);
    expect(await stack.exported()).toBe(three);
  });

  test("another update's lease, one that is over, and a preview write nothing", async () => {
    const { stack, update, verbatim, delta } = await begin();
    const [one, two] = [stateOf([]), stateOf([resource("a")])];
    await verbatim(one, 1);
    const other = await begin();
    const foreign = senderOf(stack, { ...update, as: other.update.as });
    expect((await foreign.delta(one, two, 2)).status).toBe(401);
    expect((await foreign.verbatim(two, 2)).status).toBe(401);
    const preview = senderOf(stack, await stack.run("preview", true));
    const noState = { status: 400, body: { id: "preview_has_no_state" } };
    expect(await preview.verbatim(one, 1)).toMatchObject(noState);
    expect(await preview.delta(one, two, 2)).toMatchObject(noState);
    await update.expire();
    expect(await delta(one, two, 2)).toMatchObject({ status: 403, body: { id: "lease_invalid" } });
    expect(await verbatim(two, 2)).toMatchObject({ status: 403, body: { id: "lease_invalid" } });
    expect(await stack.exported()).toBe(one);
  });

  test("the state of an update that is cancelled or whose lease expires is the one that its deltas made", async () => {
    for (const how of ["cancel", "expire"] as const) {
      const { stack, update, verbatim, delta } = await begin();
      const [one, two] = [stateOf([]), stateOf([resource("a")])];
      await verbatim(one, 1);
      await delta(one, two, 2);
      await update[how]();
      await t.upkeep();
      expect(await rowOf(update)).toEqual({ changes: null, left: 0 });
      expect(await stack.exported()).toBe(two);
      expect(await t.send(`DELETE ${stack.path}`)).toMatchObject({ status: 400, body: { id: "stack_has_resources" } });
    }
  });

  test("a state is stored anew after many deltas, or large ones, and large ones are blobs until then", async () => {
    const { stack, update, verbatim, delta } = await begin();
    let state = stateOf([resource("a")]);
    await verbatim(state, 1);
    const next = async (sequence: number, size = 0) => {
      const after = stateOf([resource(`n${sequence}`, size)]);
      expect(await delta(state, after, sequence)).toMatchObject(OK);
      state = after;
    };
    for (let sequence = 2; sequence <= 33; sequence += 1) await next(sequence);
    expect(await rowOf(update)).toEqual({ changes: "deltas", left: 32 });
    await next(34);
    expect(await rowOf(update)).toEqual({ changes: null, left: 0 });
    await next(35, 600_000);
    expect(await rowOf(update)).toEqual({ changes: null, left: 0 });
    const names = () => t.db.selectFrom("state_changes").where("update_id", "=", update.id).select("blob").execute();
    const large = stateOf([resource("b"), { x: randomBytes(450_000).toString("base64") }]);
    expect(await verbatim(large, 36)).toMatchObject(OK);
    const larger = stateOf([resource("b", 150_000), JSON.parse(large).deployment.resources[1]]);
    expect(await delta(large, larger, 37)).toMatchObject(OK);
    const [change] = await names();
    expect(change?.blob).toMatch(/^states\//);
    expect(await stack.exported()).toBe(larger);
    expect(await verbatim(stateOf([]), 38)).toMatchObject(OK);
    expect(await stack.exported()).toBe(stateOf([]));
    await t.upkeep();
    expect(await names()).toEqual([]);
  });

  test("whatever is sent as a delta is stored as a whole or refused, and the state is one of both", async () => {
    const { stack, verbatim, delta } = await begin();
    let [state, sequence] = [stateOf([resource("a"), resource("b")]), 1];
    await verbatim(state, sequence);
    const offset = fc.oneof(fc.integer({ min: -2, max: 300 }), fc.constantFrom(0.5, null, "1", 1e30, undefined));
    const edit = fc.record({
      Span: fc.oneof(
        fc.record({ start: fc.record({ offset }), end: fc.record({ offset }) }),
        fc.constantFrom(null, [], 1),
      ),
      NewText: fc.oneof(fc.string(), fc.constantFrom("\0", "\ud800", "{}", null, 1)),
    });
    const more = fc.record(
      {
        deploymentDelta: fc.oneof(fc.array(edit, { maxLength: 4 }), fc.constantFrom({}, null, "", [[]])),
        checkpointHash: fc.constantFrom("", "0".repeat(64), hash("sha256", "")),
        sequenceNumber: fc.constantFrom(-1, 0, 0.5, 1, 3, 2 ** 53, "2", null),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(more, async (more) => {
        const after = stateOf([resource("a"), resource(`n${sequence}`)]);
        const { status } = await delta(state, after, sequence + 1, more);
        expect(status === 200 || (status >= 400 && status < 500), String(status)).toBe(true);
        if (status === 200) [state, sequence] = [after, sequence + 1];
        expect(await stack.exported()).toBe(state);
      }),
      { numRuns: 100 },
    );
  });
});
