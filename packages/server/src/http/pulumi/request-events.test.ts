import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { EXCEPTIONS, urnIn, wishFor } from "../../testing/exception.ts";
import { newestEvent, newManager, newPack } from "../../testing/group.ts";
import { person } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const RULE = "/api/quillon/orgs/acme/exception-rule";
const NONE = { approval: false, longestHours: null, endRequired: false, forbiddenFrom: null };

describe.each(engines)("what happened to a change request on $name", (engine) => {
  let t: TestApp;
  let pack: string;
  let stack: string;
  let author: string;
  let manager: string;
  beforeAll(async () => {
    t = await startApp(engine);
    pack = await newPack(t);
    stack = (await newStack(t)).name;
    author = await newManager(t);
    manager = await newManager(t);
    await t.send(`PUT ${RULE}`, { ...NONE, approval: true });
  });
  afterAll(() => t.close());

  const to = (id: string, step: string, body?: object, as = author) =>
    t.send(`POST /api/change-requests/acme/${id}/${step}`, body, { as });
  const say = (id: string, comment: string, as = author) => to(id, "comments", { comment }, as);
  const events = (id: string, as = author, token = "") =>
    t.send(`GET /api/change-requests/acme/${id}/events${token && `?continuationToken=${token}`}`, undefined, { as });
  const wish = () => wishFor(pack, [urnIn(stack)]);
  async function request(status: "draft" | "pending" | "ready"): Promise<string> {
    const { body } = await t.send(`POST ${EXCEPTIONS}/drafts`, wish(), { as: author });
    if (status !== "draft") await to(body.changeRequestId, "submit", {});
    if (status === "ready") await to(body.changeRequestId, "approve", { revisionNumber: 1 }, manager);
    return body.changeRequestId;
  }
  const later = (id: string) =>
    sql`update exception_requests set created_at = created_at - interval '31 days' where id = ${id}`.execute(t.db);
  /** What each event says, without what all have. */
  const steps = async (id: string) =>
    (await events(id)).body.events.map(
      // biome-ignore lint/suspicious/noExplicitAny: what the server answers
      ({ eventType, previousStatus, newStatus, reason, comment }: any) =>
        [eventType === "status_changed" ? `${previousStatus}>${newStatus}` : eventType, reason, comment]
          .filter((one) => one !== undefined)
          .join(" "),
    );

  test("is told in order, as the CLI knows it, with who and when", async () => {
    const id = await request("draft");
    await to(id, "submit", { description: "Please." });
    await say(id, "Until when?", manager);
    await to(id, "approve", { revisionNumber: 1, comment: "Yes." }, manager);
    await t.send(`DELETE /api/change-requests/acme/${id}/approve`, undefined, { as: manager });
    await to(id, "approve", { revisionNumber: 1 }, manager);
    await to(id, "apply");
    await say(id, "Thank you.\n");
    expect(await steps(id)).toEqual([
      ">draft change_request_created",
      "draft>pending submitted_for_approval",
      "commented Until when?",
      "approved_by_user Yes.",
      "pending>ready gate_evaluation",
      "unapproved_by_user",
      "ready>pending gate_evaluation",
      "approved_by_user",
      "pending>ready gate_evaluation",
      "ready>applied applied successfully",
      "commented Thank you.\n",
    ]);
    const { body } = await events(id, manager);
    const login = async (as: string) => (await t.send("GET /api/user", undefined, { as })).body.githubLogin;
    expect(body.continuationToken).toBeNull();
    expect(body.events[2]).toEqual({
      ...{ id: "3", changeRequestId: id, revisionNumber: 1, eventType: "commented", comment: "Until when?" },
      createdBy: { githubLogin: await login(manager), name: expect.any(String), avatarUrl: "" },
      createdAt: expect.stringMatching(/^20\S+Z$/),
    });
    expect(body.events[1].createdBy.githubLogin).toBe(await login(author));
    expect(new Set(body.events.map((event: { id: string }) => event.id)).size).toBe(body.events.length);
  });

  test("what is not wanted any more, and what nobody has to agree to, say so", async () => {
    const rejected = await request("pending");
    await to(rejected, "close", { comment: "Fix it instead." }, manager);
    expect((await steps(rejected)).at(-1)).toBe("pending>closed manually_closed Fix it instead.");
    await t.send(`PUT ${RULE}`, NONE);
    const free = await request("pending");
    await t.send(`PUT ${RULE}`, { ...NONE, approval: true });
    expect((await steps(free)).at(-1)).toBe("draft>ready submitted_for_approval");
  });

  test("one that was not applied in time is closed by nobody, and comments follow", async () => {
    const id = await request("pending");
    await later(id);
    await sql`update exception_request_events set created_at = created_at - interval '31 days'
      where request_id = ${id}`.execute(t.db);
    await say(id, "Is it needed still?");
    expect((await steps(id)).slice(1)).toEqual([
      "draft>pending submitted_for_approval",
      "pending>closed not applied in time",
      "commented Is it needed still?",
    ]);
    const lapse = (await events(id)).body.events[2];
    expect(lapse).toMatchObject({ id: "0", createdBy: { githubLogin: "" } });
    const made = (await t.send(`GET /api/change-requests/acme/${id}`, undefined, { as: author })).body.createdAt;
    expect(Date.parse(lapse.createdAt) - Date.parse(made)).toBe(30 * 24 * 3600 * 1000);
  });

  test("the audit log says once, and by the server, that one was not applied in time", async () => {
    const lapsed = [await request("draft"), await request("pending"), await request("ready")];
    const closed = await request("pending");
    await to(closed, "close", {});
    const open = await request("ready");
    for (const id of [...lapsed, closed]) await later(id);
    await t.upkeep();
    await t.upkeep();
    const { body } = await t.send("GET /api/orgs/acme/auditlogs?eventFilter=Policy%20Exception%20Request%20Lapsed");
    const told = [...lapsed, closed, open].map((id) =>
      body.auditLogEvents.filter(({ description }: { description: string }) => description.includes(id)),
    );
    expect(told.map((events) => events.length)).toEqual([1, 1, 1, 0, 0]);
    expect(told[0][0]).toMatchObject({
      description: `Change request ${lapsed[0]} for an exception from policy pack ${pack} was not applied within 30 days`,
      user: { githubLogin: "server" },
    });
  });

  test("a step that is refused is not told", async () => {
    const id = await request("pending");
    const before = await steps(id);
    expect((await to(id, "approve", { revisionNumber: 1 }, author)).status).toBe(403);
    expect((await to(id, "apply")).status).toBe(409);
    expect(await steps(id)).toEqual(before);
  });

  test("of steps at the same time each is told once, in the order in which they were done", async () => {
    const id = await request("pending");
    const many = ["a", "b", "c", "d", "e"];
    await Promise.all([
      ...many.map((text) => say(id, text)),
      ...many.map(() => to(id, "approve", { revisionNumber: 1 }, manager)),
    ]);
    const told = await steps(id);
    expect(told.filter((step: string) => step.startsWith("commented")).sort()).toEqual(
      many.map((a) => `commented ${a}`),
    );
    expect(told.filter((step: string) => !step.startsWith("commented")).slice(2)).toEqual([
      "approved_by_user",
      "pending>ready gate_evaluation",
    ]);
  });

  test("a comment is in the audit log, without what is asked for", async () => {
    const id = await request("draft");
    expect((await say(id, "Who is it for?")).status).toBe(200);
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Exception Request Commented",
      description: `Change request ${id} for an exception from policy pack ${pack}: Who is it for?`,
    });
  });

  test("long histories are told in pages", async () => {
    const id = await request("draft");
    await sql`insert into exception_request_events (request_id, number, step, comment)
      select ${id}, number, 'commented', number::text from generate_series(2, 250) as number`.execute(t.db);
    const told: string[] = [];
    const sizes: number[] = [];
    for (let token = ""; ; ) {
      const { body } = await events(id, author, token);
      sizes.push(body.events.length);
      told.push(...body.events.map((event: { id: string }) => event.id));
      if (!body.continuationToken) break;
      token = body.continuationToken;
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(told).toEqual(Array.from({ length: 250 }, (_, index) => String(index + 1)));
  });

  test("beyond a thousand events no comment is taken, and the request goes on", async () => {
    const id = await request("pending");
    await sql`insert into exception_request_events (request_id, number, step, comment)
      select ${id}, number, 'commented', '' from generate_series(3, 999) as number`.execute(t.db);
    expect((await say(id, "The last one.")).status).toBe(200);
    const refused = await say(id, "One more.");
    expect([refused.status, refused.body.id]).toEqual([409, "exception_request_refused"]);
    expect(refused.body.message).toContain("has 1000 comments and other events");
    expect((await to(id, "approve", { revisionNumber: 1 }, manager)).status).toBe(200);
  });

  describe("comments", () => {
    test.each<["draft" | "pending" | "ready", string]>([
      ["draft", ""],
      ["pending", ""],
      ["ready", ""],
      ["ready", "apply"],
      ["pending", "close"],
    ])("are taken on one that is %s, and was ended with '%s'", async (status, end) => {
      const id = await request(status);
      if (end) expect((await to(id, end, end === "close" ? {} : undefined)).status).toBe(200);
      expect((await say(id, "Why?", manager)).status).toBe(200);
      expect((await steps(id)).at(-1)).toBe("commented Why?");
    });

    test.each([
      ["blank", { comment: " \n\t" }, "it is blank"],
      ["empty", { comment: "" }, "it is blank"],
      ["not there", {}, "it is blank"],
      ["no text", { comment: 1 }, "comment"],
      ["too long", { comment: "x".repeat(2001) }, "2000"],
      ["with a field that is unknown", { comment: "a", revisionNumber: 1 }, "revisionNumber"],
    ])("that are %s are refused", async (_, body, sentence) => {
      const id = await request("draft");
      const refused = await to(id, "comments", body);
      expect(refused.body.message).toContain(sentence);
      expect(refused.status).toBe(400);
      expect(await steps(id)).toHaveLength(1);
    });

    test("as long as they may be are kept to the character", async () => {
      const id = await request("draft");
      const comment = "💡\u0001".repeat(1000);
      expect((await say(id, comment.slice(0, 2000))).status).toBe(200);
      expect((await events(id)).body.events[1].comment).toBe(comment.slice(0, 2000));
    });
  });

  test("who may not see a request may neither read of it nor comment on it", async () => {
    const id = await request("pending");
    const member = await person(t, "looks");
    await t.send("POST /api/quillon/orgs", { name: "second" });
    const unknown = "00000000-0000-4000-8000-000000000000";
    for (const [path, as] of [
      [`acme/${id}`, member],
      [`acme/${unknown}`, author],
      ["acme/EXC-1", author],
      [`second/${id}`, `token ${t.token}`],
      [`second/${id}`, member],
    ] as const)
      for (const [route, body] of [
        ["POST", { comment: "a" }],
        ["GET", undefined],
      ] as const) {
        const end = route === "GET" ? "events" : "comments";
        const { status, body: answer } = await t.send(`${route} /api/change-requests/${path}/${end}`, body, { as });
        expect([path, route, status, answer.id]).toEqual([path, route, 404, expect.stringMatching(/not_found$/)]);
      }
    expect(await steps(id)).toHaveLength(2);
    const own = (await t.send(`POST ${EXCEPTIONS}/drafts`, wish(), { as: author })).body.changeRequestId;
    expect((await say(own, "Mine.", author)).status).toBe(200);
  });

  test.each([
    ["no text of ours", "x"],
    ["one of another list", Buffer.from('["1"]').toString("base64url")],
    ["no numbers", Buffer.from('["now", "1"]').toString("base64url")],
    ["numbers beyond all times", Buffer.from('["999999999999999999", "1"]').toString("base64url")],
  ])("a continuation token that is %s is refused", async (_, token) => {
    const { status, body } = await events(await request("draft"), author, token);
    expect([status, body.id]).toEqual([400, "invalid_input"]);
  });

  test("the end of all times is a token without events after it", async () => {
    const id = await request("draft");
    const token = Buffer.from('["99999999999999999", "99999999999999999"]').toString("base64url");
    expect((await events(id, author, token)).body).toEqual({ events: [], continuationToken: null });
  });
});
