import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

  test("events of a stack whose state is missing are stored, and the log says that nothing was masked", async () => {
    const stack = await stackWith(async () => ({ filler: Array.from({ length: 60_000 }, () => Math.random()) }));
    const { blob } = await t.db
      .selectFrom("checkpoints")
      .where("blob", "is not", null)
      .orderBy("saved_at", "desc")
      .limit(1)
      .select("blob")
      .executeTakeFirstOrThrow();
    await t.blobs.remove(blob ?? "");
    const update = await run(stack);
    expect((await update.events([violation("bad")])).status).toBe(200);
    expect(logged.join("")).toContain("could not be read: they are not masked in the events of this update");
  });

  test("events of an update that has ended are refused, and read nothing", async () => {
    const stack = await stackWith(async (on) => ({ a: await secret(on, "correct-horse") }));
    const update = await run(stack);
    await update.complete();
    expect((await update.events([violation("a correct-horse")])).body.id).toBe("lease_invalid");
  });
});
