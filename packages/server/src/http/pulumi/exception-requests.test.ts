import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { age, ask, EXCEPTIONS, except, urnIn, wishFor } from "../../testing/exception.ts";
import { changesIn, newestEvent, newManager, newPack } from "../../testing/group.ts";
import { PACKS } from "../../testing/pack.ts";
import { makeToken, person, team } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const NONE = { approval: false, longestHours: null, endRequired: false, forbiddenFrom: null };
const OWN = "/api/quillon/orgs/acme";
const HOUR = 3600;

describe.each(engines)("exceptions that others must agree to on $name", (engine) => {
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
  });
  afterAll(() => t.close());

  const setRule = (rule: object, as?: string) =>
    t.send(`PUT ${OWN}/exception-rule`, { ...NONE, ...rule }, as ? { as } : {});
  const draft = (wish: object, as = author) => t.send(`POST ${EXCEPTIONS}/drafts`, wish, { as });
  const to = (id: string, step: string, body: object | undefined, as: string) =>
    t.send(`POST /api/change-requests/acme/${id}/${step}`, body, { as });
  const get = (id: string, as = author) => t.send(`GET /api/change-requests/acme/${id}`, undefined, { as });
  const statusOf = async (id: string) => (await get(id)).body.status;
  const agree = (id: string, as = manager, revisionNumber = 1) =>
    to(id, "approve", { revisionNumber, comment: "It may." }, as);
  const activeOf = async (of = pack) => (await t.send(`GET ${EXCEPTIONS}?policyPack=${of}`)).body.exceptions;
  /** A request of `author` that is as far as this. */
  async function request(
    status: "draft" | "pending" | "ready",
    wish: object = wishFor(pack, [urnIn(stack)]),
  ): Promise<string> {
    const { body } = await draft(wish);
    if (status !== "draft") await to(body.changeRequestId, "submit", { description: "Please." }, author);
    if (status === "ready") await agree(body.changeRequestId);
    return body.changeRequestId;
  }

  test("only an admin of the organization sets whether approval is needed", async () => {
    expect((await t.send(`GET ${OWN}/exception-rule`)).body).toEqual(NONE);
    expect((await setRule({ approval: true }, manager)).status).toBe(403);
    expect((await setRule({ approval: true })).body).toEqual({ ...NONE, approval: true });
    expect(await newestEvent(t)).toMatchObject({
      event: "Exception Rule Changed",
      description: expect.stringContaining(": somebody else must agree"),
    });
    expect((await t.send(`GET ${OWN}/exception-rule`, undefined, { as: manager })).body.approval).toBe(true);
  });

  test("who has not read what is set now, does not undo it", async () => {
    const path = `/api/quillon/orgs/acme/exception-rule`;
    const put = (rule: object, ifMatch: string) =>
      t.send(
        `PUT ${path}`,
        { ...NONE, ...rule },
        {
          headers: { authorization: `token ${t.token}`, "content-type": "application/json", "if-match": ifMatch },
        },
      );
    const { body: before, headers } = await t.send(`GET ${path}`);
    const read = String(headers.etag);
    const first = await put({ ...before, longestHours: 24 }, read);
    expect(first.status).toBe(200);
    const second = await put({ ...before, endRequired: true }, read);
    expect([second.status, second.body.id]).toEqual([409, "exception_rule_changed"]);
    expect(second.body.message).toContain("what acme allows of policy exceptions was changed since you read it");
    expect((await t.send(`GET ${path}`)).body).toEqual({ ...before, longestHours: 24 });
    expect((await put({ ...before, endRequired: true }, String(first.headers.etag))).status).toBe(200);
    expect((await put({ ...before, longestHours: 48 }, "*")).status).toBe(200);
    const back = await setRule(before);
    expect([back.status, back.headers.etag]).toEqual([200, read]);
  });

  test("of two at the same time, one is told that the other was first", async () => {
    const path = `/api/quillon/orgs/acme/exception-rule`;
    const { body: before, headers } = await t.send(`GET ${path}`);
    const answers = await Promise.all(
      [1, 2, 3].map((longestHours) =>
        t.send(
          `PUT ${path}`,
          { ...before, longestHours },
          {
            headers: {
              authorization: `token ${t.token}`,
              "content-type": "application/json",
              "if-match": String(headers.etag),
            },
          },
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    await setRule(before);
  });

  test("where it is, one is asked for, submitted, approved by somebody else and applied, and has no effect before", async () => {
    const wish = wishFor(pack, [urnIn(stack)], { expiresInSeconds: HOUR });
    const refused = await ask(t, wish, author);
    expect(refused).toMatchObject({ status: 409, body: { code: 409 } });
    expect(refused.body.message).toContain("requires approval");
    const drafted = await draft(wish);
    const id = drafted.body.changeRequestId;
    expect(drafted).toMatchObject({ status: 201, body: { ...wish, latestRevisionNumber: 1 } });
    expect((await get(id)).body).toEqual({
      ...{ id, status: "draft", orgID: expect.any(String), description: "", createdAt: expect.any(String) },
      createdBy: { githubLogin: expect.any(String), name: expect.any(String), avatarUrl: "" },
      ...{
        action: "create",
        entity: { entityType: "policy_exceptions", organization: "acme" },
        latestRevisionNumber: 1,
      },
      gateEvaluation: { satisfied: false, applicableGates: [] },
    });
    expect((await draft(wish)).body.changeRequestId).toBe(id);
    expect((await to(id, "submit", { description: "Please." }, author)).status).toBe(200);
    expect(await statusOf(id)).toBe("pending");
    expect((await agree(id)).status).toBe(200);
    expect(await newestEvent(t)).toMatchObject({ event: "Policy Exception Request Approved" });
    expect((await get(id)).body).toMatchObject({ status: "ready", gateEvaluation: { satisfied: true } });
    expect((await activeOf()).length).toBe(0);
    const applied = await to(id, "apply", undefined, author);
    expect(applied.status).toBe(200);
    const [made] = await activeOf();
    expect(made).toMatchObject({ reason: wish.reason, changeRequestId: id });
    expect(applied.body.message).toContain(`next update or preview on, until ${made.expiresAt}.`);
    expect(applied.body.entityUrl).toMatch(new RegExp(`/policy/exceptions/${made.id}$`));
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(HOUR * 1000);
    expect((await t.send(`GET ${OWN}/exception-requests/${id}`)).body).toMatchObject({
      ...{ status: "applied", exceptionId: made.id, approvalComment: "It may.", description: "Please." },
      createdBy: made.createdBy,
    });
    expect((await ask(t, wish, author)).status).toBe(200);
    const { body: shown } = await t.send(`GET ${EXCEPTIONS}/${made.id}`, undefined, { as: await person(t, "reader") });
    expect(shown.changeRequest).toEqual({
      createdAt: expect.any(String),
      approvedBy: { githubLogin: expect.stringMatching(/^user/), name: expect.any(String), avatarUrl: "" },
      approvedAt: expect.any(String),
      approvalComment: "It may.",
    });
    expect(shown.changeRequest.approvedBy.githubLogin).not.toBe(shown.createdBy.githubLogin);
  });

  test("who applies what somebody else has an equal exception of gets their own, with its own end", async () => {
    const wish = wishFor(pack, [urnIn(stack)], { expiresInSeconds: 2 * HOUR });
    const first = await request("ready", wish);
    const other = (await draft(wish, manager)).body.changeRequestId;
    expect(other).not.toBe(first);
    await to(other, "submit", {}, manager);
    expect((await agree(other, author)).status).toBe(200);
    await to(first, "apply", undefined, author);
    const [earlier] = await activeOf();
    await age(t, earlier.id, 1);
    expect((await to(other, "apply", undefined, manager)).status).toBe(200);
    const [later] = await activeOf();
    expect(later).toMatchObject({ changeRequestId: other, match: earlier.match, reason: wish.reason });
    expect(later.id).not.toBe(earlier.id);
    expect(later.createdBy).not.toEqual(earlier.createdBy);
    expect(Date.parse(later.expiresAt) - Date.parse(later.createdAt)).toBe(2 * HOUR * 1000);
    expect((await t.send(`GET ${OWN}/exception-requests/${other}`)).body).toMatchObject({
      status: "applied",
      exceptionId: later.id,
    });
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Exception Created",
      after: { id: later.id, changeRequestId: other },
    });
    for (const { id } of [earlier, later]) await t.send(`DELETE ${EXCEPTIONS}/${id}`);
  });

  test("who asks for one, agrees to it and applies it is warned of what a policy manager who makes one is warned of", async () => {
    const warning = "names URNs of stack web/nowhere, but";
    const asked = await draft(wishFor(pack, [urnIn("nowhere")]), `token ${t.token}`);
    expect(asked.headers["x-pulumi-warning"]).toContain(`The policy exception ${warning}`);
    const id = await request("pending", wishFor(pack, [urnIn("nowhere")]));
    expect((await agree(id)).headers["x-pulumi-warning"]).toContain(`The policy exception ${warning}`);
    const applied = await to(id, "apply", undefined, author);
    expect(applied.headers["x-pulumi-warning"]).toContain(warning);
  });

  test("nobody approves their own request, by whichever token they or one of their tokens made", async () => {
    const org = "/api/orgs/acme";
    const asked = async (as: string) => {
      const { changeRequestId } = (await draft(wishFor(pack, [urnIn(stack)]), as)).body;
      await to(changeRequestId, "submit", {}, as);
      return changeRequestId;
    };
    const boss = await newManager(t, "admin");
    const bot = await makeToken(t, org, { name: "bot", admin: true }, boss);
    const botOfBot = (await makeToken(t, org, { name: "botofbot", roleID: "policy-manager" }, bot.as)).as;
    const others = (await makeToken(t, org, { name: "others", roleID: "policy-manager" })).as;
    const requests = [await asked(boss), await asked(bot.as), await asked(botOfBot)];
    for (const id of requests)
      for (const as of [boss, bot.as, botOfBot])
        expect(await agree(id, as)).toMatchObject({
          status: 403,
          body: { message: expect.stringContaining("your own") },
        });
    await t.send(`DELETE ${org}/tokens/${bot.id}`);
    for (const id of requests) {
      for (const as of [boss, botOfBot]) expect((await agree(id, as)).status).toBe(403);
      expect((await agree(id, others)).status).toBe(200);
    }
  });

  const open = `/exception-requests?status=pending`;

  test("open requests are listed for policy managers, and others see their own alone", async () => {
    const id = await request("pending");
    const { body } = await t.send(`GET ${OWN}${open}`, undefined, { as: manager });
    expect(body.requests[0]).toMatchObject({ id, status: "pending", policyPack: pack, description: "Please." });
    const member = await person(t, "looker");
    expect((await t.send(`GET ${OWN}${open}`, undefined, { as: member })).body).toEqual({ requests: [] });
    expect((await get(id, member)).status).toBe(404);
    expect((await to(id, "close", {}, member)).status).toBe(404);
    expect((await to(id, "approve", { revisionNumber: 1 }, member)).status).toBe(403);
  });

  test("a member may ask for stacks that they may write to, and for no other", async () => {
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" });
    const writer = await team(t, "writers", { [`web/${stack}`]: 102 });
    const reading = (await newStack(t)).name;
    expect((await ask(t, wishFor(pack, [urnIn(stack)]), writer)).body.message).toContain("requires approval");
    const mine = await draft(wishFor(pack, [urnIn(stack)]), writer);
    expect(mine.status).toBe(201);
    for (const other of [reading, "nowhere"])
      expect((await draft(wishFor(pack, [urnIn(stack), urnIn(other)]), writer)).status).toBe(403);
    await to(mine.body.changeRequestId, "submit", {}, writer);
    expect((await agree(mine.body.changeRequestId)).status).toBe(200);
    expect((await to(mine.body.changeRequestId, "apply", undefined, writer)).status).toBe(200);
    await setRule({ approval: false });
    const { status, body } = await ask(t, wishFor(pack, [urnIn(stack)]), writer);
    expect([status, body.message]).toEqual([403, expect.stringContaining("--draft to ask for it")]);
    const free = (await draft(wishFor(pack, [urnIn(stack)]), writer)).body.changeRequestId;
    await to(free, "submit", {}, writer);
    expect(await statusOf(free)).toBe("pending");
    expect((await to(free, "apply", undefined, writer)).status).toBe(409);
    expect((await agree(free)).status).toBe(200);
    expect((await to(free, "apply", undefined, writer)).status).toBe(200);
    await setRule({ approval: true });
  });

  test.each<
    [
      string,
      () => Promise<string>,
      (id: string) => Promise<{ status: number; body: { message: string } }>,
      number,
      string,
    ]
  >([
    ["approval by its author", () => request("pending"), (id) => agree(id, author), 403, "is your own"],
    ["approval twice", () => request("ready"), (id) => agree(id), 409, "is already approved"],
    ["approval of a draft", () => request("draft"), (id) => agree(id), 409, "is draft. Its author submits"],
    [
      "approval of another revision",
      () => request("pending"),
      (id) => agree(id, manager, 2),
      409,
      "only the revision 1",
    ],
    ["submitting twice", () => request("pending"), (id) => to(id, "submit", {}, author), 409, "is pending"],
    [
      "applying before approval",
      () => request("pending"),
      (id) => to(id, "apply", undefined, author),
      409,
      "is pending",
    ],
    [
      "applying twice",
      async () => {
        const id = await request("ready");
        await to(id, "apply", undefined, author);
        return id;
      },
      (id) => to(id, "apply", undefined, author),
      409,
      "is applied",
    ],
    [
      "approval of a closed one",
      async () => {
        const id = await request("pending");
        await to(id, "close", { comment: "No." }, manager);
        return id;
      },
      (id) => agree(id),
      409,
      "is closed",
    ],
    [
      "approval after its time",
      async () => {
        const id = await request("pending");
        await sql`update exception_requests set created_at = created_at - interval '31 days' where id = ${id}`.execute(
          t.db,
        );
        return id;
      },
      (id) => agree(id),
      409,
      "more than 30 days ago",
    ],
    [
      "approval of a pack that has gone",
      async () => {
        const gone = await newPack(t);
        const id = await request("pending", wishFor(gone, [urnIn(stack)]));
        await t.send(`DELETE ${PACKS}/${gone}`);
        return id;
      },
      (id) => agree(id),
      400,
      "has no published policy pack",
    ],
    [
      "applying for a pack that has gone",
      async () => {
        const gone = await newPack(t);
        const id = await request("ready", wishFor(gone, [urnIn(stack)]));
        await t.send(`DELETE ${PACKS}/${gone}`);
        return id;
      },
      (id) => to(id, "apply", undefined, author),
      400,
      "has no published policy pack",
    ],
    ["an unknown one", async () => "00000000-0000-4000-8000-000000000000", (id) => agree(id), 404, "does not exist"],
    ["one with another form", async () => "EXC-1", (id) => agree(id), 404, "does not exist"],
  ])("%s is refused, and nothing is changed", async (_, ...row) => {
    const [prepare, send, status, sentence] = row;
    const id = await prepare();
    const state = async () => [(await get(id)).body, await activeOf(), await changesIn(t)];
    const before = await state();
    const answer = await send(id);
    expect(answer.body.message).toContain(sentence);
    expect(answer.status).toBe(status);
    expect(await state()).toEqual(before);
  });

  test("of more than a hundred stacks only a policy manager may ask at once", async () => {
    const names = Array.from({ length: 101 }, (_, index) => `many${index}`);
    const entry = (some: string[]) => ({ policies: ["no-public-bucket"], targets: some.map((name) => urnIn(name)) });
    const wish = wishFor(pack, [], { match: [entry(names.slice(0, 100)), entry(names.slice(100))] });
    const { status, body } = await draft(wish, await person(t, "asks-for-many"));
    expect({ status, message: body.message }).toEqual({
      status: 400,
      message: expect.stringContaining("its URNs name 101 stacks"),
    });
    expect((await draft(wish)).status).toBe(201);
  });

  test("an approval can be taken back until it is applied, and of two who apply at once one does", async () => {
    const id = await request("ready");
    expect((await t.send(`DELETE /api/change-requests/acme/${id}/approve`, undefined, { as: manager })).status).toBe(
      200,
    );
    expect(await statusOf(id)).toBe("pending");
    await agree(id);
    const answers = await Promise.all([1, 2, 3].map(() => to(id, "apply", undefined, author)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test("what was approved is applied only by who may still write to the stack, also when there is another of its name", async () => {
    await setRule({ approval: true });
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" });
    const name = (await newStack(t)).name;
    const writer = await team(t, "leavers", { [`web/${name}`]: 102 });
    const id = (await draft(wishFor(pack, [urnIn(name)]), writer)).body.changeRequestId;
    await to(id, "submit", {}, writer);
    await agree(id);
    await t.send(`DELETE /api/stacks/acme/web/${name}`);
    const refused = { status: 403, body: { id: "forbidden" } };
    expect(await to(id, "apply", undefined, writer)).toMatchObject(refused);
    await t.send("POST /api/stacks/acme/web", { stackName: name });
    expect(await to(id, "apply", undefined, writer)).toMatchObject(refused);
    expect((await to(id, "apply", undefined, manager)).status).toBe(200);
  });

  test.each<[who: string, lose: (login: string) => Promise<{ status: number }>]>([
    ["has another role", (login) => t.send(`PATCH /api/orgs/acme/members/${login}`, { role: "member" })],
    ["was removed", (login) => t.send(`DELETE /api/orgs/acme/members/${login}`)],
  ])("an approval counts no more when its giver %s, and somebody else approves again", async (_, lose) => {
    await setRule({ approval: true });
    const login = `giver-${randomUUID().slice(0, 8)}`;
    const giver = await person(t, login, "policy-manager");
    const id = await request("pending");
    expect((await agree(id, giver)).status).toBe(200);
    expect((await lose(login)).status).toBe(204);
    const { status, body } = await to(id, "apply", undefined, author);
    expect([status, body.message]).toEqual([409, expect.stringContaining("may not do so any more")]);
    expect((await agree(id)).status).toBe(200);
    expect((await to(id, "apply", undefined, author)).status).toBe(200);
  });

  test("an approval with a token counts no more when the token is revoked", async () => {
    await setRule({ approval: true });
    const { id: tokenId, as } = await makeToken(t, "/api/orgs/acme", {
      name: randomUUID(),
      description: "",
      admin: true,
    });
    const id = await request("pending");
    expect((await agree(id, as)).status).toBe(200);
    await t.send(`DELETE /api/orgs/acme/tokens/${tokenId}`);
    expect((await to(id, "apply", undefined, author)).body.message).toContain("may not do so any more");
    expect((await agree(id)).status).toBe(200);
  });

  test("what was submitted while nobody had to agree is not applied once somebody must, before somebody has", async () => {
    await setRule({});
    const { changeRequestId: id } = (await draft(wishFor(pack, [urnIn(stack)]))).body;
    await to(id, "submit", {}, author);
    expect(await statusOf(id)).toBe("ready");
    await setRule({ approval: true });
    expect((await to(id, "apply", undefined, author)).body.message).toContain("has required approval since");
    expect((await agree(id, author)).body.id).toBe("exception_own_request");
    expect((await agree(id)).status).toBe(200);
    expect((await agree(id)).body.message).toContain("already approved");
    const { body } = await t.send(`GET /api/change-requests/acme/${id}/events`, undefined, { as: author });
    expect(
      body.events.map((event: { eventType: string; newStatus?: string }) => event.newStatus ?? event.eventType),
    ).toEqual(["draft", "ready", "approved_by_user"]);
    expect((await to(id, "apply", undefined, author)).status).toBe(200);
  });

  test("the bounds of the organization hold for new exceptions and for those that were asked for before", async () => {
    const severe = await newPack(t, ["1.0.0"], [{ name: "no-public-bucket", severity: "high" }]);
    const wish = wishFor(severe, [urnIn(stack)], { expiresInSeconds: 48 * HOUR });
    const ready = await request("ready", wish);
    await setRule({ longestHours: 24 });
    const { status, body } = await ask(t, wish);
    expect([status, body.message]).toEqual([
      400,
      expect.stringContaining("it would last 2 days, and it may be at most 1 day"),
    ]);
    expect((await to(ready, "apply", undefined, author)).body.message).toContain("at most 1 day");
    expect((await ask(t, { ...wish, expiresInSeconds: undefined })).body.message).toContain("needs an end");
    await setRule({ endRequired: true });
    expect((await ask(t, { ...wish, expiresInSeconds: null })).body.message).toContain("needs an end");
    await setRule({ forbiddenFrom: "medium" });
    expect((await ask(t, wish)).body.message).toContain("which the policy no-public-bucket has");
    await setRule({ forbiddenFrom: "critical" });
    expect((await to(ready, "apply", undefined, manager)).status).toBe(200);
    expect(await activeOf(severe)).toHaveLength(1);
    for (const wrong of [{ longestHours: 0 }, { forbiddenFrom: "dire" }, { approval: 1 }, { more: true }])
      expect((await setRule(wrong)).status).toBe(400);
    await setRule({});
    await except(t, pack, [urnIn(stack)]);
  });
});
