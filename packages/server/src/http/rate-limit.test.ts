import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { person } from "../testing/people.ts";
import { newStack } from "../testing/stack.ts";

/** The text with those letters large that the bits of the number name. */
const cased = (text: string, bits: number) =>
  [...text].map((letter, index) => (bits & (1 << index) ? letter.toUpperCase() : letter)).join("");

describe.each(engines.slice(0, 1))("rates", (engine) => {
  let t: TestApp;
  beforeEach(async () => {
    t = await startApp(engine, { requests: 20 });
  });
  afterEach(() => t.close());

  const statuses = async (count: number, as?: string) => {
    const seen = new Set<number>();
    for (let done = 0; done < count; done += 1)
      seen.add((await t.send("GET /api/user", undefined, as ? { as } : {})).status);
    return [...seen];
  };

  test("a token that calls too often is told when it may call again, and others are served", async () => {
    const { body } = await t.send("POST /api/orgs/acme/users", { login: "other" });
    expect(await statuses(30)).toEqual([200, 429]);
    const refused = await t.send("GET /api/user");
    expect(refused).toMatchObject({ status: 429, body: { code: 429, id: "too_many_requests" } });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.body.message).toContain(`in ${refused.headers["retry-after"]} seconds`);
    expect(await statuses(1, `token ${body.token}`)).toEqual([200]);
  });

  test("a token that asks only for what is not there is limited too", async () => {
    const { body } = await t.send("POST /api/orgs/acme/users", { login: "seeker" });
    const seen = new Set<number>();
    for (let count = 0; count < 30; count += 1)
      seen.add((await t.send("GET /api/orgs/nowhere/policypacks", undefined, { as: `token ${body.token}` })).status);
    expect([...seen]).toEqual([404, 429]);
  });

  test.each([
    ["words after it", (token: string, sent: number) => `token ${token} ${sent}`],
    ["spaces before it", (token: string, sent: number) => `token${" ".repeat(1 + sent)}${token}`],
    ["the scheme in other letters", (token: string, sent: number) => `${cased("token", sent)} ${token}`],
  ])("a token is not another one with %s", async (_, write) => {
    const seen = new Set<number>();
    for (let sent = 0; sent < 32; sent += 1)
      seen.add((await t.send("GET /api/user", undefined, { as: write(t.token, sent) })).status);
    expect([...seen].filter((status) => status !== 401)).not.toEqual([200]);
  });

  test("a running update is not limited", async () => {
    const update = await (await newStack(t)).run();
    for (let count = 0; count < 40; count += 1) expect((await update.renew()).status).toBe(200);
  });

  test("an address that tries many wrong tokens is refused, and tokens that are known are served", async () => {
    expect(await statuses(1)).toEqual([200]);
    expect(await statuses(150, "token wrong")).toEqual([401, 429]);
    expect(await statuses(1)).toEqual([200]);
  });

  test("an address does not become others by what a trusted proxy passes on", async () => {
    const proxied = await startApp(engine, { requests: 20 }, { trustProxy: ["127.0.0.1"] });
    const seen = new Set<number>();
    for (let sent = 0; sent < 30; sent += 1) {
      const headers = { authorization: "token wrong", "x-forwarded-for": `garbage-${sent}` };
      seen.add((await proxied.send("GET /api/user", undefined, { headers })).status);
    }
    await proxied.close();
    expect([...seen]).toEqual([401, 429]);
  });
});

// The embedded database has one connection, so nothing is served while somebody holds a lock.
for (const engine of engines.filter(({ name }) => name === "PostgreSQL"))
  test("requests of one caller that wait for the database keep out no other caller", async () => {
    const t = await startApp(engine);
    const other = await person(t, "other");
    const waiting: Promise<unknown>[] = [];
    await t.db.transaction().execute(async (db) => {
      await sql`lock table findings in access exclusive mode`.execute(db);
      for (let sent = 0; sent < 20; sent += 1) waiting.push(t.send("POST /api/orgs/acme/policyresults/issues", {}));
      const served = Array.from({ length: 5 }, () =>
        t.send("GET /api/orgs/acme/policypacks", undefined, { as: other }),
      );
      for (const { status } of await Promise.all(served)) expect(status).toBe(200);
    });
    for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ status: 200 });
    await t.close();
  });
