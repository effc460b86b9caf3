import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newStack, sendText, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const urn = (name: string) => `urn:pulumi:dev::web::a:b:C::${name}`;
const resource = (name: string, more: object = {}) => ({
  urn: urn(name),
  custom: true,
  id: name,
  type: "a:b:C",
  ...more,
});

describe.each(engines)("journals of updates on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  /** A new stack whose state has the resources a and b, a new update of it, and what its CLI sends. */
  async function begin() {
    const stack = await newStack(t, {
      state: { version: 3, deployment: { resources: [resource("a"), resource("b")] } },
    });
    const update = await stack.run();
    return { stack, update, send: senderOf(stack, update) };
  }
  const senderOf = (stack: TestStack, { id, as }: Pick<TestUpdate, "id" | "as">) => {
    return (entries: unknown, by = as) =>
      sendText(t, `PATCH ${stack.path}/update/${id}/journalentries`, JSON.stringify({ entries }), { as: by });
  };
  const entry = (sequenceID: number, more: object) => ({
    ...{ version: 1, sequenceID, operationID: sequenceID, removeOld: null, removeNew: null },
    ...more,
  });
  const made = (sequenceID: number, name: string, more: object = {}) =>
    entry(sequenceID, { kind: 1, state: resource(name, more) });
  const begun = (sequenceID: number, name: string) =>
    entry(sequenceID, { kind: 0, operation: { resource: resource(name), type: "creating" } });
  const removed = (sequenceID: number, removeOld: number) => entry(sequenceID, { kind: 1, removeOld });

  async function stateOf(stack: TestStack, version?: number) {
    const { deployment } = JSON.parse(await stack.exported(version));
    const nameOf = (one: { urn: string }) => one.urn.split("::").at(-1);
    return {
      names: deployment.resources?.map(nameOf) ?? [],
      pending: deployment.pending_operations?.map((one: { resource: { urn: string } }) => nameOf(one.resource)) ?? [],
    };
  }
  const rowsOf = ({ id }: TestUpdate) =>
    t.db.selectFrom("state_changes").where("update_id", "=", id).selectAll().execute();

  test.each([
    [undefined, undefined],
    [0, undefined],
    [-1, undefined],
    [1, 1],
    [2, 2],
    [3, 2],
  ])("an update that offers version %s of the journal is told %s", async (offered, told) => {
    const stack = await newStack(t);
    const id = await stack.create();
    const { status, body } = await t.send(`POST ${stack.path}/update/${id}`, { journalVersion: offered });
    expect([status, body.journalVersion]).toEqual([200, told]);
  });

  test("a server that takes no journals answers no version, and stores no entries", async () => {
    const off = await startApp(engine, {}, {}, { journal: false });
    const stack = await newStack(off);
    const id = await stack.create();
    const { body } = await off.send(`POST ${stack.path}/update/${id}`, { journalVersion: 1 });
    expect(body).not.toHaveProperty("journalVersion");
    const path = `PATCH ${stack.path}/update/${id}/journalentries`;
    const entries = JSON.stringify({ entries: [made(1, "a")] });
    const refused = await sendText(off, path, entries, { as: `update-token ${body.token}` });
    expect(refused).toMatchObject({ status: 409, body: { id: "journal_refused" } });
    await off.close();
  });

  test("the update of a stack with more resources than a journal is replayed for is told no version", async () => {
    const stack = await newStack(t, { state: { version: 3, deployment: { resources: [resource("a")] } } });
    for (const [count, told] of [
      [1_000_000, 1],
      [1_000_001, undefined],
    ] as const) {
      const { numUpdatedRows } = await t.db
        .updateTable("checkpoints")
        .set({ resource_count: count })
        .where("stack_id", "in", (eb) => eb.selectFrom("stacks").where("name", "=", stack.name).select("id"))
        .executeTakeFirstOrThrow();
      expect(numUpdatedRows).toBe(1n);
      const id = await stack.create();
      const { body } = await t.send(`POST ${stack.path}/update/${id}`, { journalVersion: 1 });
      expect(body.journalVersion).toBe(told);
      await t.send(`POST ${stack.path}/update/${id}/cancel`);
    }
  });

  test("a journal has twice as many bytes at most as a state may have, and entries that are sent again count once", async () => {
    const small = await startApp(engine, { state: 100_000 }, {}, { journal: true });
    const stack = await newStack(small);
    const update = await stack.run();
    const path = `PATCH ${stack.path}/update/${update.id}/journalentries`;
    const send = (...entries: object[]) => sendText(small, path, JSON.stringify({ entries }), { as: update.as });
    const large = (sequence: number) => made(sequence, `n${sequence}`, { x: "x".repeat(30_000) });
    for (const sequence of [1, 2, 3, 4, 5, 6]) {
      expect(await send(large(sequence))).toMatchObject({ status: 200 });
      expect(await send(large(1))).toMatchObject({ status: 200 });
    }
    const refused = await send(made(8, "o"), large(7));
    expect(refused).toMatchObject({ status: 413, body: { id: "journal_too_large" } });
    expect(await send(made(8, "o"))).toMatchObject({ status: 200 });
    const { deployment } = JSON.parse(await stack.exported());
    expect(deployment.resources).toHaveLength(7);
    await update.complete();
    // The next update begins a journal of its own.
    const next = await stack.run();
    const nextPath = `PATCH ${stack.path}/update/${next.id}/journalentries`;
    const entries = [large(1), large(2)];
    expect(await sendText(small, nextPath, JSON.stringify({ entries }), { as: next.as })).toMatchObject({
      status: 200,
    });
    await small.close();
  });

  test("a long journal that grows in its middle while it is read is read again, with what has come", async () => {
    const { stack, send } = await begin();
    const x = randomBytes(400_000).toString("base64");
    await send([entry(1, { kind: 5, operationID: 0, newSnapshot: { resources: [resource("n", { x })] } })]);
    await send(Array.from({ length: 448 }, (_, index) => made(index + 3, `r${index + 3}`)));
    const read = t.blobs.get.bind(t.blobs);
    let times = 0;
    const get = vi.spyOn(t.blobs, "get").mockImplementation(async (name) => {
      times += 1;
      if (times === 1) await send([made(2, "between"), made(451, "after")]);
      return read(name);
    });
    try {
      const { names } = await stateOf(stack);
      expect([names.length, names[0], names.at(-2), names.at(-1)]).toEqual([451, "between", "after", "n"]);
      expect(times).toBe(2);
    } finally {
      get.mockRestore();
    }
  });

  test("the state is what the entries have made of the one before, at once, and stays when the update ends", async () => {
    const { stack, update, send } = await begin();
    expect(await stateOf(stack)).toEqual({ names: ["a", "b"], pending: [] });
    expect(await send([begun(1, "c"), begun(2, "d")])).toMatchObject({ status: 200, body: {} });
    expect(await stateOf(stack)).toEqual({ names: ["a", "b"], pending: ["c", "d"] });
    await send([{ ...made(3, "c"), operationID: 1 }, removed(4, 0)]);
    expect(await stateOf(stack)).toEqual({ names: ["c", "b"], pending: ["d"] });
    expect(await stateOf(stack, update.version)).toEqual({ names: ["c", "b"], pending: ["d"] });
    expect(await stateOf(stack, update.version - 1)).toEqual({ names: ["a", "b"], pending: [] });
    const resources = await t.send(`GET /api/quillon/orgs/acme/stacks/web/${stack.name}/resources`);
    expect(resources.body).toMatchObject({ total: 2, resources: [{ urn: urn("c") }, { urn: urn("b") }] });
    await send([{ ...made(5, "d"), operationID: 2 }]);
    const before = await stack.exported();
    await update.complete();
    expect(await stack.exported()).toBe(before);
    expect(await stateOf(stack)).toEqual({ names: ["c", "d", "b"], pending: [] });
    expect(await rowsOf(update)).toEqual([]);
    const history = await t.send(`GET ${stack.path}/updates`);
    expect(history.body.updates[0]).toMatchObject({ version: update.version, resourceCount: 3 });
    const { body } = await t.send("GET /api/user/stacks?organization=acme&project=web");
    expect(body.stacks).toContainEqual(expect.objectContaining({ stackName: stack.name, resourceCount: 3 }));
  });

  test("the first update of a stack has a journal, and one without entries leaves the state", async () => {
    const stack = await newStack(t);
    const first = await stack.run();
    await senderOf(stack, first)([made(1, "a")]);
    await first.complete();
    expect(await stateOf(stack)).toEqual({ names: ["a"], pending: [] });
    const second = await stack.run();
    expect(await senderOf(stack, second)([])).toMatchObject({ status: 200 });
    await second.complete();
    expect(await stateOf(stack)).toEqual({ names: ["a"], pending: [] });
  });

  test("entries may come in any order, and again; another one with the same number is refused, with all that came with it", async () => {
    const { stack, send } = await begin();
    await send([made(3, "e"), made(1, "c")]);
    await send([made(2, "d"), made(1, "c")]);
    expect(await stateOf(stack)).toEqual({ names: ["c", "d", "e", "a", "b"], pending: [] });
    const refused = { status: 409, body: { code: 409, id: "journal_refused" } };
    expect(await send([made(4, "f"), made(2, "x")])).toMatchObject(refused);
    expect(await stateOf(stack)).toEqual({ names: ["c", "d", "e", "a", "b"], pending: [] });
    expect(await send([made(5, "g"), made(5, "h")])).toMatchObject(refused);
    expect((await send([made(5, "g"), made(5, "g")])).status).toBe(200);
    expect((await stateOf(stack)).names).toEqual(["c", "d", "e", "g", "a", "b"]);
  });

  test("a large entry, which is a blob, may come again; another one with the same number is refused", async () => {
    const { stack, update, send } = await begin();
    const large = (name: string) => made(1, name, { x: "x".repeat(300_000) });
    expect((await send([large("c")])).status).toBe(200);
    expect((await send([large("c"), made(2, "d")])).status).toBe(200);
    const refused = { status: 409, body: { id: "journal_refused" } };
    expect(await send([large("e"), made(3, "f")])).toMatchObject(refused);
    expect(await send([made(1, "c")])).toMatchObject(refused);
    expect(await send([large("c"), made(2, "d", { x: "x".repeat(300_000) })])).toMatchObject(refused);
    expect((await stateOf(stack)).names).toEqual(["c", "d", "a", "b"]);
    // As an older version has stored it.
    const blob = (await rowsOf(update))[0]?.blob ?? "";
    const older = blob.replace(/\..*/, "");
    await t.blobs.put(older, (await t.blobs.get(blob))?.bytes as Readable);
    await t.db.updateTable("state_changes").set({ blob: older }).where("blob", "=", blob).execute();
    expect((await send([large("c")])).status).toBe(200);
  });

  test.each(["cancel", "expire"] as const)(
    "an update that is ended by %s leaves what it has sent, with its pending operations",
    async (how) => {
      const { stack, update, send } = await begin();
      await send([begun(1, "c"), made(2, "d"), removed(3, 0), removed(4, 1)]);
      await update[how]();
      if (how === "expire")
        expect(await send([made(5, "e")])).toMatchObject({ status: 403, body: { id: "lease_invalid" } });
      // The next one may begin before the upkeep comes.
      const next = await stack.run();
      expect(await stateOf(stack)).toEqual({ names: ["d"], pending: ["c"] });
      const sendNext = senderOf(stack, next);
      expect(await sendNext([made(1, "e"), removed(2, 0)])).toMatchObject({ status: 200 });
      expect(await stateOf(stack)).toEqual({ names: ["e"], pending: ["c"] });
      await next.expire();
      await t.upkeep();
      expect(await stateOf(stack, update.version)).toEqual({ names: ["d"], pending: ["c"] });
      expect(await stateOf(stack)).toEqual({ names: ["e"], pending: ["c"] });
      expect([...(await rowsOf(update)), ...(await rowsOf(next))]).toEqual([]);
      expect(await t.send(`DELETE ${stack.path}`)).toMatchObject({ status: 400, body: { id: "stack_has_resources" } });
    },
  );

  test("a preview's entries, another update's, and those after deltas are refused", async () => {
    const { stack, update, send } = await begin();
    const preview = await stack.run("preview", true);
    expect(await senderOf(stack, preview)([made(1, "c")])).toMatchObject({ body: { id: "preview_has_no_state" } });
    const other = await begin();
    expect((await send([made(1, "c")], other.update.as)).status).toBe(401);
    const path = `PATCH ${stack.path}/update/${update.id}`;
    const text = '{"version":3,"deployment":{}}';
    await sendText(t, `${path}/checkpointverbatim`, `{"untypedDeployment":${text},"sequenceNumber":1}`, {
      as: update.as,
    });
    await send([made(1, "c")]);
    expect(await stateOf(stack)).toEqual({ names: ["c"], pending: [] });
    const later = `{"untypedDeployment":${text},"sequenceNumber":2}`;
    expect(await sendText(t, `${path}/checkpointverbatim`, later, { as: update.as })).toMatchObject({ status: 409 });
    expect(await stateOf(stack)).toEqual({ names: ["c"], pending: [] });
  });

  test("large entries, and a large state to begin with, are blobs until the update has ended", async () => {
    const { stack, update, send } = await begin();
    const x = randomBytes(400_000).toString("base64");
    await send([
      entry(1, { kind: 5, operationID: 0, newSnapshot: { resources: [resource("n", { x })] } }),
      made(2, "c"),
    ]);
    expect((await rowsOf(update)).map(({ blob }) => blob !== null)).toEqual([true, false]);
    await send([entry(1, { kind: 5, operationID: 0, newSnapshot: { resources: [resource("n", { x })] } })]);
    expect(await stateOf(stack)).toEqual({ names: ["c", "n"], pending: [] });
    await update.complete();
    const next = await stack.run();
    await senderOf(stack, next)([made(1, "d")]);
    await t.upkeep();
    expect(await stateOf(stack)).toEqual({ names: ["d", "c", "n"], pending: [] });
    await next.complete();
    expect(await stateOf(stack, update.version)).toEqual({ names: ["c", "n"], pending: [] });
    expect(JSON.parse(await stack.exported()).deployment.resources[2].x).toBe(x);
  });

  test("a base is rebuilt three times at most, however the entries are sent, and what was sent before counts", async () => {
    const { stack, send } = await begin();
    const rebuilt = (sequenceID: number, more: object = {}) => entry(sequenceID, { kind: 7, operationID: 0, ...more });
    const refused = { status: 409, body: { id: "journal_refused" } };
    await send([made(1, "c"), rebuilt(2), rebuilt(3, { requiresByteString: true })]);
    expect(await send([rebuilt(4), rebuilt(5), made(6, "d")])).toMatchObject(refused);
    expect((await send([rebuilt(4, { requiresByteString: false, more: 1 })])).status).toBe(200);
    expect((await send([rebuilt(2), rebuilt(3, { requiresByteString: true })])).status).toBe(200);
    expect(await send([rebuilt(7)])).toMatchObject(refused);
    expect((await send([made(8, "e")])).status).toBe(200);
    expect(await stateOf(stack)).toEqual({ names: ["e", "c", "a", "b"], pending: [] });
  });

  test("a journal is replayed outside the main thread unless it is small, and in turn unless it is short", async () => {
    const { stack, send } = await begin();
    const sizes = vi.spyOn(t.workers, "run");
    const sizeOfReplay = async () => {
      await stack.exported();
      return sizes.mock.calls.filter(([{ name }]) => name === "replay").at(-1)?.[2] ?? 0;
    };
    await send([made(1, "c")]);
    expect(await sizeOfReplay()).toBeLessThan(64 * 1024);
    await send([entry(2, { kind: 5, operationID: 0, newSnapshot: { resources: new Array(4_000).fill({}) } })]);
    expect(await sizeOfReplay()).toBeGreaterThan(64 * 1024);
    const turns = vi.spyOn(t.workers, "turn");
    await sizeOfReplay();
    expect(turns).not.toHaveBeenCalled();
    await send([entry(3, { kind: 5, operationID: 0, newSnapshot: { resources: new Array(200_000).fill({}) } })]);
    expect(await sizeOfReplay()).toBeGreaterThan(4 * 1024 * 1024);
    expect(turns).toHaveBeenCalledTimes(1);
    for (const spy of [sizes, turns]) spy.mockRestore();
  });

  test("a state that can't be made is refused, also while its update goes on sending", async () => {
    const { stack, send } = await begin();
    const x = randomBytes(400_000).toString("base64");
    await send([entry(1, { kind: 5, operationID: 0, newSnapshot: { resources: [resource("n", { x })] } })]);
    let last = 1;
    const get = vi.spyOn(t.blobs, "get").mockImplementation(async () => {
      last += 1;
      if (last > 20) throw new Error("It is read without an end.");
      await send([made(last, "c")]);
      return undefined;
    });
    try {
      expect(await t.send(`GET ${stack.path}/export`)).toMatchObject({ status: 503, body: { id: "state_missing" } });
      expect(last).toBe(2);
    } finally {
      get.mockRestore();
    }
    expect(await stateOf(stack)).toEqual({ names: ["c", "n"], pending: [] });
  });

  const migrated = (sequenceID: number, name: string, layout: (number | string)[], more: object = {}) =>
    entry(sequenceID, {
      ...{ version: 2, kind: 10, operationID: 0, states: [resource(name)] },
      layout: layout.map((item) => (typeof item === "number" ? { baseIndex: item } : { stateIndex: 0 })),
      ...more,
    });

  test("a migration of states is stored when it fits what the entries before it make, whichever of them came before", async () => {
    const { stack, update, send } = await begin();
    const base = entry(1, {
      kind: 5,
      operationID: 0,
      newSnapshot: { resources: ["a", "b", "c"].map((name) => resource(name)) },
    });
    const migration = migrated(3, "x", [2, "x"]);
    expect((await send([migration, made(2, "d"), base])).status).toBe(200);
    expect((await stateOf(stack)).names).toEqual(["d", "c", "x"]);
    // When its answer was lost it comes again, and does not fit what it has made itself.
    expect((await send([base, migration])).status).toBe(200);
    const patch = { newStatePatches: [{ operationID: 2, state: resource("d", { y: 1 }) }] };
    expect((await send([made(4, "e"), migrated(5, "z", ["z", 1], patch), removed(6, 1)])).status).toBe(200);
    expect((await stateOf(stack)).names).toEqual(["d", "e", "z"]);
    await update.complete();
    const { deployment } = JSON.parse(await stack.exported());
    expect(deployment.resources).toEqual([resource("d", { y: 1 }), resource("e"), resource("z")]);
  });

  test("a migration of states that does not fit is refused, with all that came with it", async () => {
    const { stack, send } = await begin();
    const refused = { status: 409, body: { code: 409, id: "journal_refused" } };
    expect(await send([made(1, "c"), migrated(2, "x", ["x", 2])])).toMatchObject(refused);
    expect(await stateOf(stack)).toEqual({ names: ["a", "b"], pending: [] });
    expect((await send([begun(1, "c")])).status).toBe(200);
    expect(await send([migrated(3, "x", ["x", 1])])).toMatchObject(refused);
    expect((await send([{ ...made(2, "c"), operationID: 1 }])).status).toBe(200);
    expect((await send([migrated(3, "x", ["x", 1])])).status).toBe(200);
    expect(await send([migrated(4, "z", ["z", 2])])).toMatchObject(refused);
    expect(await stateOf(stack)).toEqual({ names: ["c", "x", "b"], pending: [] });
    const first = await newStack(t);
    const update = await first.run();
    expect(await senderOf(first, update)([migrated(1, "x", ["x", 0])])).toMatchObject(refused);
    expect((await senderOf(first, update)([made(1, "c"), migrated(2, "x", ["x"])])).status).toBe(200);
    expect((await stateOf(first)).names).toEqual(["c", "x"]);
  });

  test("a migration of states finds its place in a long journal, whose entries come in pages", async () => {
    const { stack, send } = await begin();
    const others = Array.from({ length: 450 }, (_, index) => 2 * index + 2).filter((sequence) => sequence !== 600);
    await send(others.map((sequence) => made(sequence, `r${sequence}`)));
    const patch = (operationID: number) => ({ newStatePatches: [{ operationID, state: resource("p") }] });
    const refused = { status: 409, body: { id: "journal_refused" } };
    for (const [sequence, after] of [
      [201, 202],
      [399, 400],
      [600, 602],
    ] as const)
      expect(await send([migrated(sequence, "x", ["x"], patch(after))])).toMatchObject(refused);
    expect((await send([migrated(600, "x", ["x"], patch(598))])).status).toBe(200);
    const { names } = await stateOf(stack);
    expect([names.length, names[298], names.at(-1)]).toEqual([450, "p", "x"]);
  });

  test("a migration of a large state is looked at outside the main thread", async () => {
    const { send } = await begin();
    const run = vi.spyOn(t.workers, "run");
    const resources = Array.from({ length: 2_000 }, (_, index) => resource(`r${index}`));
    await send([entry(1, { kind: 5, operationID: 0, newSnapshot: { resources } })]);
    expect((await send([migrated(2, "x", [...resources.keys(), "x"])])).status).toBe(200);
    expect(run.mock.calls.filter(([{ name }, , size]) => name === "fit" && size > 64 * 1024)).toHaveLength(1);
    run.mockRestore();
  });

  test("a stack is renamed, and a state imported, as if there had been no journal", async () => {
    const { stack, update, send } = await begin();
    await send([made(1, "c")]);
    await update.expire();
    const name = `${stack.name}x`;
    expect(await t.send(`POST ${stack.path}/rename`, { newName: name })).toMatchObject({ status: 200 });
    const renamed = await t.send(`GET /api/stacks/acme/web/${name}/export`);
    expect(renamed.body.deployment.resources.map((one: { urn: string }) => one.urn)).toEqual(
      ["c", "a", "b"].map((one) => urn(one).replace("pulumi:dev", `pulumi:${name}`)),
    );
  });

  test("whatever is sent as entries is stored as a whole or refused, and the state can be read", async () => {
    const { stack, send } = await begin();
    const value = fc.oneof(fc.integer({ min: -1, max: 4 }), fc.constantFrom(null, 0.5, "1", {}, [], 2 ** 60));
    const object = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        "x",
        [],
        {},
        { urn: 1, aliases: [1, urn("a")], dependencies: {} },
        { resources: [null, {}] },
      ),
      fc.record({
        urn: fc.constantFrom(urn("a"), urn("n"), "", "urn:pulumi:dev"),
        parent: fc.constantFrom(urn("a"), urn("b"), "x"),
        aliases: fc.constantFrom([], [urn("a")], [urn("b"), urn("a")]),
        propertyDependencies: fc.constantFrom({}, { ["__proto__"]: [urn("a")] }, { x: 1 }),
        provider: fc.constantFrom("", "::", `${urn("a")}::1`),
      }),
    );
    const numbers = [
      "removeOld",
      "removeNew",
      "deleteOld",
      "deleteNew",
      "pendingReplacementOld",
      "pendingReplacementNew",
    ];
    const entries = fc.array(
      fc.record(
        {
          version: fc.constantFrom(1, 1, 1, 2, 2, 0, "1"),
          kind: fc.oneof(fc.integer({ min: 0, max: 11 }), value),
          sequenceID: fc.integer({ min: 0, max: 50 }),
          operationID: fc.integer({ min: 0, max: 5 }),
          ...Object.fromEntries(numbers.map((name) => [name, value])),
          ...Object.fromEntries(
            ["state", "operation", "secretsProvider", "newSnapshot", "extension", "snippets"].map((name) => [
              name,
              object,
            ]),
          ),
          layout: fc.oneof(
            fc.array(fc.record({ baseIndex: value, stateIndex: value }, { requiredKeys: [] }), { maxLength: 3 }),
            fc.constantFrom<unknown>([{ stateIndex: 0 }], [{ stateIndex: 0 }, { baseIndex: 0 }], "x", {}),
          ),
          states: fc.oneof(fc.constant([resource("m")]), fc.array(object, { maxLength: 2 }), object),
          baseStatePatches: fc.oneof(fc.array(fc.record({ index: value, state: object }), { maxLength: 2 }), object),
          newStatePatches: fc.oneof(
            fc.array(fc.record({ operationID: value, state: object }), { maxLength: 2 }),
            object,
          ),
        },
        { requiredKeys: ["version", "kind", "sequenceID", "operationID"] },
      ),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(entries, async (sent) => {
        const before = await stack.exported();
        const { status } = await send(sent);
        expect([200, 400, 409]).toContain(status);
        const after = await stack.exported();
        expect(JSON.parse(after)).toMatchObject({ deployment: {} });
        if (status !== 200) expect(after).toBe(before);
      }),
      { numRuns: 150 },
    );
  });
});
