import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { ask, EXCEPTIONS, urnIn, wishFor } from "../../testing/exception.ts";
import { newManager, newPack } from "../../testing/group.ts";
import { newStack } from "../../testing/stack.ts";

const many = <T>(count: number, of: (index: number) => T) => Array.from({ length: count }, (_, index) => of(index));

/** Almost a mebibyte, which is the largest body. */
const MADE = 5;

describe.each(engines)("exceptions as large as they may be on $name", (engine) => {
  let t: TestApp;
  let pack: string;
  beforeAll(async () => {
    t = await startApp(engine);
    pack = await newPack(t);
  });
  afterAll(() => t.close());

  const large = (stack: string) => {
    const targets = (entry: number) => many(100, (index) => urnIn(stack, `${"x".repeat(140)}-${entry}-${index}`));
    const match = many(50, (entry) => ({ policies: ["no-public-bucket"], targets: targets(entry) }));
    return wishFor(pack, [], { match });
  };
  /** How many each page has of a list, to its end. */
  async function pages(path: string, list: string, as?: string): Promise<number[]> {
    const sizes: number[] = [];
    for (let token = ""; ; ) {
      const { body } = await t.send(
        `GET ${path}${token && `&continuationToken=${token}`}`,
        undefined,
        as ? { as } : {},
      );
      sizes.push(body[list].length);
      if (!body.continuationToken) return sizes;
      token = body.continuationToken;
    }
  }

  test("are listed in pages with as many as fit", async () => {
    for (const _ of many(MADE, () => 0)) expect((await ask(t, large((await newStack(t)).name))).status).toBe(201);
    expect(await pages(`${EXCEPTIONS}?policyPack=${pack}`, "exceptions")).toEqual([2, 2, 1]);
    expect(await pages(`${EXCEPTIONS}?policyPack=${pack}&maxResults=1`, "exceptions")).toEqual(many(MADE, () => 1));
  });

  test("are asked for in requests that are listed in the same way", async () => {
    const as = await newManager(t);
    for (const _ of many(MADE, () => 0)) {
      expect((await t.send(`POST ${EXCEPTIONS}/drafts`, large("dev"), { as })).status).toBe(201);
    }
    expect(await pages("/api/quillon/orgs/acme/exception-requests?status=draft", "requests", as)).toEqual([2, 2, 1]);
  });

  test("are in the audit log, whose pages and steps have as many events as fit", async () => {
    const named = "eventFilter=Policy%20Exception%20Created";
    expect(await pages(`/api/orgs/acme/auditlogs/v2?${named}`, "auditLogEvents")).toEqual([4, 1]);
    const { body } = await t.send(`GET /api/orgs/acme/auditlogs/v2/export?format=csv&${named}`);
    expect(String(body).split("Policy Exception Created").length - 1).toBe(MADE);
    const sequences: number[] = [];
    for (let after = 0; ; after = sequences.at(-1) ?? 0) {
      const answer = await t.send(`GET /api/quillon/orgs/acme/auditlogs/follow?after=${after}`);
      if (answer.body.auditLogEvents.length === 0) break;
      expect(JSON.stringify(answer.body).length).toBeLessThan(5 * 1024 * 1024);
      sequences.push(...answer.body.auditLogEvents.map(({ sequence }: { sequence: number }) => sequence));
    }
    expect(sequences).toEqual(many(sequences.length, (index) => index + 1));
    expect(sequences.length).toBeGreaterThan(2 * MADE);
  });

  test("are at most two for one stack, because each of its updates has all of them", async () => {
    const stack = (await newStack(t)).name;
    expect((await ask(t, large(stack))).status).toBe(201);
    const second = await ask(t, large(stack));
    expect(second.status).toBe(201);
    const { status, body } = await ask(t, large(stack));
    expect({ status, message: body.message }).toEqual({
      status: 400,
      message: expect.stringContaining(`in effect for stack web/${stack} would have more than 2 MiB`),
    });
    expect((await t.send(`POST ${EXCEPTIONS}/drafts`, large(stack))).status).toBe(400);
    // Who may not read the stack is not told how much there is.
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const as = await newManager(t, "member");
    expect((await t.send(`POST ${EXCEPTIONS}/drafts`, large(stack), { as })).body.id).toBe("forbidden");
    expect((await ask(t, large((await newStack(t)).name))).status).toBe(201);
    await t.send(`DELETE ${EXCEPTIONS}/${second.body.id}`);
    expect((await ask(t, large(stack))).status).toBe(201);
  });

  test("that name a thousand stacks are not read for each of these, when one is too much", async () => {
    const one = (index: number) => {
      const targets = (entry: number) => many(100, (n) => urnIn(`of-many-${entry * 100 + n}`, "x".repeat(60)));
      const match = many(10, (entry) => ({ policies: ["no-public-bucket"], targets: targets(entry) }));
      return wishFor(pack, [], { match, reason: `The bucket of exception ${index} is empty.` });
    };
    const statuses = [(await ask(t, one(0))).status];
    while (statuses.at(-1) === 201) statuses.push((await ask(t, one(statuses.length))).status);
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.at(-1)).toBe(400);
    // What counts is the size that was stored with each, so their texts need not be read.
    await sql`alter table policy_exceptions alter column bytes drop expression, alter column bytes set default 1`.execute(
      t.db,
    );
    await sql`update policy_exceptions set bytes = 1`.execute(t.db);
    expect((await ask(t, one(statuses.length))).status).toBe(201);
  });
});
