import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WITHHELD } from "../../masking/texts.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { person } from "../../testing/people.ts";
import { urnOf } from "../../testing/policy-run.ts";
import { newStack, readRaw, type TestStack, type TestUpdate } from "../../testing/stack.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe.each(engines)("secrets in the events of updates on $name", (engine) => {
  let t: TestApp;
  const logged: string[] = [];
  beforeAll(async () => {
    t = await startApp(engine, {}, { logLevel: "warn", logTo: { write: (line) => logged.push(line) } });
  });
  afterAll(() => t.close());

  async function encrypt({ path }: TestStack, plain: string): Promise<string> {
    return (await t.send(`POST ${path}/encrypt`, { plaintext: base64(plain) })).body.ciphertext;
  }

  /** A secret of a state, as the CLI writes it: its value is JSON. */
  async function secret(stack: TestStack, value: unknown): Promise<object> {
    const ciphertext = await encrypt(stack, JSON.stringify(value));
    return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext };
  }

  /** Starts an update, whose configuration is that. */
  async function run(stack: TestStack, config: object = {}, kind = "update"): Promise<TestUpdate> {
    const { body } = await t.send(`POST ${stack.path}/${kind}`, { config, metadata: {} });
    const started = await stack.start(body.updateID);
    return stack.update({ id: body.updateID, ...started.body });
  }

  /** A stack whose state has those outputs. */
  async function stackWith(outputs: (stack: TestStack) => Promise<object>): Promise<TestStack> {
    const stack = await newStack(t);
    const update = await run(stack);
    await update.checkpoint({ resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n", outputs: await outputs(stack) }] });
    await update.complete();
    return stack;
  }

  const violation = (message: string, extra: object = {}) => ({
    sequence: 0,
    timestamp: 1,
    policyEvent: {
      policyPackName: "pets",
      policyPackVersion: "1.0.0",
      policyPackVersionTag: "1.0.0",
      policyName: "talks",
      enforcementLevel: "advisory",
      resourceUrn: urnOf("dev", "rex"),
      message,
      ...extra,
    },
  });

  const eventsOf = ({ path }: TestStack, { id }: TestUpdate) => readRaw(t, `${path}/update/${id}/events`);

  /** Everything that the database has, but for configuration and state. */
  async function findings(): Promise<string> {
    const { body } = await t.send("GET /api/orgs/acme/policyresults/issues/export");
    const tables = ["policy_reports", "findings", "predictions", "webhook_deliveries"] as const;
    const rows = await Promise.all(tables.map((table) => t.db.selectFrom(table).selectAll().execute()));
    return JSON.stringify([body, rows]);
  }

  test("a secret of the configuration is in no message, event, finding, export or webhook", async () => {
    await t.send("POST /api/orgs/acme/hooks", {
      organizationName: "acme",
      name: "all",
      displayName: "all",
      payloadUrl: "http://127.0.0.1:9/",
      active: true,
      groups: ["policies", "stacks"],
      filters: [],
    });
    const stack = await newStack(t);
    const config = {
      "web:password": { string: await encrypt(stack, "correct-horse"), secret: true, object: false },
      "web:nested": {
        string: JSON.stringify({ a: [{ secure: await encrypt(stack, "battery-staple") }], b: "plain-text" }),
        secret: true,
        object: true,
      },
      "web:json": { string: await encrypt(stack, '{"key":"inner-value"}'), secret: true, object: false },
      "web:plain": { string: "not-a-secret", secret: false, object: false },
    };
    const update = await run(stack, config);
    const said = "correct-horse, battery-staple, inner-value, not-a-secret and plain-text";
    await update.events([
      violation(said),
      { sequence: 1, timestamp: 1, diagnosticEvent: { message: `They are ${said}`, color: "raw", severity: "info" } },
      { sequence: 2, timestamp: 1, policyRemediationEvent: { ...violation(said).policyEvent, after: { url: said } } },
    ]);
    await update.complete();
    const events = await eventsOf(stack, update);
    const everything = events + (await findings());
    expect(events.split("[secret], [secret], [secret], not-a-secret and plain-text")).toHaveLength(5);
    expect(everything).toContain('"message":"[secret], [secret], [secret], not-a-secret and plain-text"');
    for (const one of ["correct-horse", "battery-staple", "inner-value"]) expect(everything).not.toContain(one);
    expect(await t.db.selectFrom("webhook_deliveries").select("id").execute()).not.toEqual([]);
  });

  test("a secret of the state is masked, also one that is inside an object, has several lines, or is of a preview's events", async () => {
    const stack = await stackWith(async (on) => ({
      password: await secret(on, "correct-horse"),
      keys: await secret(on, { a: ["battery-staple", 12345] }),
      pem: await secret(on, "-----BEGIN\nline-1-of-it\n"),
      plain: "not-a-secret",
    }));
    for (const kind of ["update", "preview"]) {
      const update = await run(stack, {}, kind);
      await update.events([violation('correct-horse battery-staple line-1-of-it 12345 not-a-secret "-----BEGIN\\n"')]);
      const stored = await eventsOf(stack, update);
      expect(stored).toContain(String.raw`"message":"[secret] [secret] [secret] 12345 not-a-secret \"[secret]\\n\""`);
      await update.complete();
    }
  });

  test("a secret of a removed stack whose state was imported into its successor is masked", async () => {
    const { path } = await newStack(t);
    const name = path.split("/").at(-1);
    const old = { path } as TestStack;
    const state = {
      version: 3,
      deployment: { resources: [{ urn: "urn:a", outputs: { a: await secret(old, "correct-horse") } }] },
    };
    await t.send(`DELETE ${path}?force=true`);
    await t.send("POST /api/stacks/acme/web", { stackName: name });
    await t.send(`POST ${path}/import`, state);
    const { body } = await t.send(`POST ${path}/update`, { metadata: {} });
    const { token } = (await t.send(`POST ${path}/update/${body.updateID}`, {})).body;
    const events = `${path}/update/${body.updateID}/events`;
    await t.send(`POST ${events}/batch`, { events: [violation("a correct-horse")] }, { as: `update-token ${token}` });
    expect(await readRaw(t, events)).toContain('"message":"a [secret]"');
  });

  test("a secret inside a secret of the state is masked", async () => {
    const inner = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: '"inner-secret"',
    };
    const stack = await stackWith(async (on) => ({ outer: await secret(on, { password: inner }) }));
    const update = await run(stack);
    await update.events([violation("an inner-secret")]);
    expect(await eventsOf(stack, update)).toContain('"message":"an [secret]"');
  });

  test("whoever may not read a removed stack does not learn from its successor whether they have guessed its secrets", async () => {
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const { path } = await newStack(t);
    const ciphertext = await encrypt({ path } as TestStack, "correct-horse");
    await t.send(`DELETE ${path}?force=true`);
    const as = await person(t, "guesser");
    await t.send("POST /api/stacks/acme/web", { stackName: path.split("/").at(-1) }, { as });
    const config = { "web:guessed": { string: ciphertext, secret: true, object: false } };
    const { updateID } = (await t.send(`POST ${path}/update`, { config, metadata: {} }, { as })).body;
    const started = (await t.send(`POST ${path}/update/${updateID}`, {}, { as })).body;
    const events = `${path}/update/${updateID}/events`;
    const sent = { events: [violation("is it correct-horse?")] };
    expect((await t.send(`POST ${events}/batch`, sent, { as: `update-token ${started.token}` })).status).toBe(200);
    expect(await readRaw(t, events)).toContain('"message":"is it correct-horse?"');
  });

  test("an event that is large enough to be read elsewhere, from a state that is, is masked in place", async () => {
    const stack = await stackWith(async (on) => ({
      a: await secret(on, "correct-horse"),
      filler: "x".repeat(5_000_000),
    }));
    const update = await run(stack);
    const text = "y".repeat(1_500_000);
    await update.events([
      violation(`${text} correct-horse`),
      { sequence: 1, timestamp: 1, stdoutEvent: { message: "plain" } },
    ]);
    const stored = JSON.parse(await eventsOf(stack, update)).events;
    expect(stored[0].policyEvent.message).toBe(`${text} [secret]`);
    await update.complete();
    expect(
      (await t.send(`GET ${stack.path}/update/${update.id}/events?continuationToken=1`)).body.events,
    ).toMatchObject([{ stdoutEvent: { message: "plain" } }]);
  });

  test("what can't be opened is not masked, and its events are stored", async () => {
    const stack = await newStack(t);
    const other = await newStack(t);
    const good = Buffer.from(await encrypt(stack, "correct-horse"), "base64");
    good[good.length - 1] = (good.at(-1) ?? 0) ^ 1;
    const config = {
      "web:damaged": { string: good.toString("base64"), secret: true },
      "web:foreign": { string: await encrypt(other, "correct-horse"), secret: true },
      "web:passphrase": { string: "v1:AAAAAAAAAAA=:BBBB", secret: true },
      "web:odd": { string: "{", secret: true, object: true },
      "web:short": { string: await encrypt(stack, "abc"), secret: true },
    };
    const update = await run(stack, config);
    expect((await update.events([violation("a correct-horse abc")])).status).toBe(200);
    expect(await eventsOf(stack, update)).toContain('"message":"a correct-horse abc"');
  });

  /** A running update whose stack has this state, and a secret in its configuration. */
  async function runWith(outputs: (stack: TestStack) => Promise<object> = async () => ({})) {
    const stack = await stackWith(outputs);
    const config = { "web:password": { string: await encrypt(stack, "correct-horse"), secret: true, object: false } };
    return { stack, update: await run(stack, config) };
  }

  /** The messages of an update's policy events, and those of its results. */
  async function messagesOf(stack: TestStack, update: TestUpdate) {
    const stored = JSON.parse(await eventsOf(stack, update)).events;
    const reports = await t.db
      .selectFrom("policy_reports")
      .where("update_id", "=", update.id)
      .orderBy("sequence")
      .select(["kind", "pack", "policy", "level", "urn", "message"])
      .execute();
    return {
      messages: stored.map(({ policyEvent }: { policyEvent: { message: string } }) => policyEvent.message),
      reports,
    };
  }

  const result = {
    kind: "violated",
    pack: "pets",
    policy: "talks",
    level: "advisory",
    urn: urnOf("dev", "rex"),
    message: WITHHELD,
  };

  test("while the state can't be read, what policies found is kept without their texts, and the log says so", async () => {
    const { stack, update } = await runWith(async () => ({
      filler: Array.from({ length: 60_000 }, () => Math.random()),
    }));
    const { blob } = await t.db
      .selectFrom("checkpoints")
      .where("blob", "is not", null)
      .orderBy("saved_at", "desc")
      .limit(1)
      .select("blob")
      .executeTakeFirstOrThrow();
    await t.blobs.remove(blob ?? "");
    const unknown = "can't run policy 'talks' during preview: correct-horse";
    const sent = [violation("a correct-horse"), { ...violation(unknown), sequence: 1 }];
    expect((await update.events(sent)).status).toBe(200);
    expect(await messagesOf(stack, update)).toEqual({
      messages: [WITHHELD, WITHHELD],
      reports: [
        result,
        { ...result, kind: "not-evaluated", message: `can't run policy 'talks' during preview: ${WITHHELD}` },
      ],
    });
    expect(logged.join("")).toContain("could not be read: no text of its update's events is kept");
  });

  test("a state that is replaced while it is read is read again", async () => {
    const filler = Array.from({ length: 60_000 }, () => Math.random());
    const { stack, update } = await runWith(async () => ({ filler }));
    const made = await secret(stack, "tr0ub4dor");
    const get = vi.spyOn(t.blobs, "get").mockImplementationOnce(async () => {
      await update.checkpoint({ resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n", outputs: { made } }] });
      return undefined;
    });
    try {
      await update.events([violation("a tr0ub4dor")]);
    } finally {
      get.mockRestore();
    }
    expect((await messagesOf(stack, update)).messages).toEqual(["a [secret]"]);
  });

  test("of an update that was started with no known token no text is kept", async () => {
    const { stack, update } = await runWith();
    await t.db.updateTable("updates").set({ started_with: null }).where("id", "=", update.id).execute();
    await update.events([violation("a correct-horse")]);
    expect(await messagesOf(stack, update)).toEqual({ messages: [WITHHELD], reports: [result] });
  });

  test("when looking for secrets fails, no text is kept, and the next events are masked", async () => {
    const { stack, update } = await runWith();
    const workers = t.workers;
    const run = workers.run.bind(workers) as typeof workers.run;
    let failed = false;
    const failing = vi.spyOn(workers, "run").mockImplementation((task, ...rest) => {
      if (task.name !== "mask-events" || failed) return run(task, ...rest);
      failed = true;
      return Promise.reject(new Error("the thread has no memory left"));
    });
    try {
      await update.events([violation("a correct-horse")]);
    } finally {
      failing.mockRestore();
    }
    await update.events([{ ...violation("another correct-horse"), sequence: 1 }]);
    const { messages, reports } = await messagesOf(stack, update);
    expect(messages).toEqual([WITHHELD, "another [secret]"]);
    expect(reports).toEqual([result, { ...result, message: "another [secret]" }]);
  });

  test("a secret that the update itself makes is masked from then on, also when it is not in the state any more", async () => {
    const { stack, update } = await runWith(async (on) => ({ old: await secret(on, "battery-staple") }));
    const save = async (outputs: object) =>
      update.checkpoint({ resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n", outputs }] });
    const said = "correct-horse battery-staple tr0ub4dor";
    await update.events([violation(said)]);
    await save({ made: await secret(stack, "tr0ub4dor") });
    await update.events([{ ...violation(said), sequence: 1 }]);
    await save({});
    await update.events([{ ...violation(said), sequence: 2 }]);
    expect((await messagesOf(stack, update)).messages).toEqual([
      "[secret] [secret] tr0ub4dor",
      "[secret] [secret] [secret]",
      "[secret] [secret] [secret]",
    ]);
  });

  test("secrets that are tried with several keys are read outside the main thread sooner", async () => {
    const reads = vi.spyOn(t.workers, "run");
    const sizeAfter = async (removals: number) => {
      const stack = await newStack(t);
      for (let times = 0; times < removals; times += 1) {
        await t.send(`DELETE ${stack.path}`);
        await t.send("POST /api/stacks/acme/web", { stackName: stack.name });
      }
      const update = await run(stack, { "web:password": { string: "AAAA", secret: true, object: false } });
      await update.events([violation("a")]);
      return reads.mock.calls.filter(([{ name }]) => name === "secret-texts").at(-1)?.[2];
    };
    try {
      const size = (await sizeAfter(0)) ?? 0;
      expect(size).toBeGreaterThan(256);
      expect(await sizeAfter(2)).toBe(3 * size);
    } finally {
      reads.mockRestore();
    }
  });

  test("a large state is not read again for each batch, nor for steps and counts alone", async () => {
    const filler = "x".repeat(5_000_000);
    const { stack, update } = await runWith(async () => ({ filler }));
    const reads = vi.spyOn(t.workers, "run");
    const readStates = () => reads.mock.calls.filter(([{ name }]) => name === "secret-texts").length;
    const step = {
      sequence: 9,
      timestamp: 1,
      resourcePreEvent: { metadata: { op: "same", urn: urnOf("dev", "rex") } },
    };
    const load = { sequence: 10, timestamp: 1, type: "policyLoad", policyLoadEvent: {} };
    const summary = { sequence: 11, timestamp: 1, summaryEvent: { isPreview: false, resourceChanges: { same: 1 } } };
    const silent: object[] = [step, load, summary];
    const counts: number[] = [];
    try {
      await update.events([violation("first")]);
      const made = await secret(stack, "tr0ub4dor");
      await update.checkpoint({ resources: [{ urn: "urn:pulumi:dev::web::a:b:C::n", outputs: { filler, made } }] });
      for (const event of [...silent, violation("second"), violation("a tr0ub4dor"), violation("last")]) {
        await update.events([
          silent.includes(event) ? event : { ...event, sequence: 1 + counts.length - silent.length },
        ]);
        counts.push(readStates());
      }
    } finally {
      reads.mockRestore();
    }
    expect(counts).toEqual([1, 1, 1, 1, 2, 2]);
    expect(await eventsOf(stack, update)).toContain('"message":"a [secret]"');
  });

  test("events of an update that has ended are refused, and read nothing", async () => {
    const stack = await stackWith(async (on) => ({ a: await secret(on, "correct-horse") }));
    const update = await run(stack);
    await update.complete();
    expect((await update.events([violation("a correct-horse")])).body.id).toBe("lease_invalid");
  });
});
