import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { age, EXCEPTIONS, except, urnIn } from "../../testing/exception.ts";
import { newestEvent, newPack } from "../../testing/group.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

describe.each(engines)("the end of exceptions on $name", (engine) => {
  let t: TestApp;
  let pack: string;
  beforeAll(async () => {
    t = await startApp(engine);
    pack = await newPack(t);
    const filters = ["policy_exception_ending", "policy_exception_ended"];
    const hook = { displayName: "ends", payloadUrl: "http://127.0.0.1:1/x", active: true, filters };
    expect((await t.send("POST /api/orgs/acme/hooks", hook)).status).toBeLessThan(300);
  });
  afterAll(() => t.close());

  /** What webhooks are told of it. */
  const told = async (id: string) => (await messages(id)).map(({ action }) => action);

  async function messages(id: string) {
    const rows = await t.db
      .selectFrom("webhook_deliveries")
      .select(["kind", "payload"])
      .orderBy("created_at")
      .execute();
    return rows.map(({ payload }) => JSON.parse(String(payload))).filter((message) => message.exceptionId === id);
  }

  test("it is told a week and a day before and when it has come, each once", async () => {
    const id = await except(t, pack, [urnIn("dev"), urnIn("prod")], { expiresInSeconds: 30 * DAY });
    await t.upkeep();
    expect(await told(id)).toEqual([]);
    await age(t, id, 23 * 24 + 1);
    await t.upkeep();
    await t.upkeep();
    expect(await told(id)).toEqual(["ending"]);
    await age(t, id, 6 * 24);
    await t.upkeep();
    await t.upkeep();
    expect(await told(id)).toEqual(["ending", "ending"]);
    await age(t, id, 24);
    await t.upkeep();
    await t.upkeep();
    expect(await told(id)).toEqual(["ending", "ending", "ended"]);
    const { body: exception } = await t.send(`GET ${EXCEPTIONS}/${id}`);
    expect((await messages(id)).at(-1)).toEqual({
      organization: { name: "acme", githubLogin: "acme", avatarUrl: "" },
      action: "ended",
      exceptionId: id,
      policyPackName: pack,
      reason: exception.reason,
      expiresAt: exception.expiresAt,
      stacks: ["web/dev", "web/prod"],
      stackCount: 2,
    });
    expect(await newestEvent(t)).toMatchObject({ event: "Policy Exception Ended", user: { githubLogin: "server" } });
    expect(exception).toMatchObject({ status: "removed", removedAt: exception.expiresAt });
    expect(exception.removedBy).toBeUndefined();
  });

  test("of a short one only what is still to come, of several times that have passed the last, and of a removed one nothing", async () => {
    const short = await except(t, pack, [urnIn("dev")], { expiresInSeconds: 2 * HOUR });
    const late = await except(t, pack, [urnIn("dev")], { expiresInSeconds: 30 * DAY });
    const removed = await except(t, pack, [urnIn("dev")], { expiresInSeconds: 30 * DAY });
    await t.send(`DELETE ${EXCEPTIONS}/${removed}`);
    await except(t, pack, [urnIn("dev")]);
    await t.upkeep();
    for (const id of [short, late, removed]) await age(t, id, 40 * 24);
    await t.upkeep();
    expect(await told(short)).toEqual(["ended"]);
    expect(await told(late)).toEqual(["ended"]);
    expect(await told(removed)).toEqual([]);
  });

  test("of one with many stacks it is told how many there are, and of the first hundred which", async () => {
    const names = Array.from({ length: 101 }, (_, index) => `s${1000 + index}`);
    const entry = (stacks: string[]) => ({
      policies: ["no-public-bucket"],
      targets: stacks.map((name) => urnIn(name)),
    });
    const match = [entry(names.slice(0, 100)), entry(names.slice(100))];
    const id = await except(t, pack, [], { match, expiresInSeconds: 2 * HOUR });
    await age(t, id, 2);
    await t.upkeep();
    const [message] = await messages(id);
    expect(message.stacks).toEqual(names.slice(0, 100).map((name) => `web/${name}`));
    expect(message.stackCount).toBe(101);
  });
});
