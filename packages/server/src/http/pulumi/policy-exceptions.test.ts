import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { age, ask, EXCEPTIONS, except, urnIn, wishFor } from "../../testing/exception.ts";
import { changesIn, edit, newestEvent, newGroup, newManager, newPack, newVersion } from "../../testing/group.ts";
import { archiveOf, publish } from "../../testing/pack.ts";
import { person, team } from "../../testing/people.ts";
import { newStack } from "../../testing/stack.ts";

const DAY = 24 * 3600;
const many = <T>(count: number, of: (index: number) => T) => Array.from({ length: count }, (_, index) => of(index));

describe.each(engines)("policy exceptions on $name", (engine) => {
  let t: TestApp;
  let pack: string;
  let stack: string;
  beforeAll(async () => {
    t = await startApp(engine);
    pack = await newPack(t, ["1.0.0"]);
    stack = (await newStack(t)).name;
  });
  afterAll(() => t.close());

  const list = async (query = "", as?: string) =>
    (await t.send(`GET ${EXCEPTIONS}${query}`, undefined, as ? { as } : {})).body;
  const idsOf = (body: { exceptions: { id: string }[] }) => body.exceptions.map(({ id }) => id);
  const get = (id: string, as?: string) => t.send(`GET ${EXCEPTIONS}/${id}`, undefined, as ? { as } : {});
  const remove = (id: string, as?: string) => t.send(`DELETE ${EXCEPTIONS}/${id}`, undefined, as ? { as } : {});

  test("one is made with 201, and an equal request answers the same one with 200", async () => {
    const wish = wishFor(pack, [urnIn(stack)], { expiresInSeconds: 7 * DAY });
    const made = await ask(t, wish);
    expect(made.status).toBe(201);
    expect(made.headers["x-pulumi-warning"]).toBeUndefined();
    expect(made.body).toEqual({
      id: expect.stringMatching(/^EXC-[1-9][0-9]*$/),
      policyPack: pack,
      match: wish.match,
      reason: wish.reason,
      status: "active",
      expiresAt: expect.any(String),
      createdBy: { githubLogin: "admin", name: "admin", avatarUrl: "" },
      createdAt: expect.any(String),
    });
    expect(Date.parse(made.body.expiresAt) - Date.parse(made.body.createdAt)).toBe(7 * DAY * 1000);
    expect(await newestEvent(t)).toMatchObject({ event: "Policy Exception Created", user: { githubLogin: "admin" } });
    const again = await ask(t, wish);
    expect(again).toMatchObject({ status: 200, body: made.body });
    expect((await get(made.body.id)).body).toMatchObject(made.body);
    expect((await ask(t, { ...wish, reason: `${wish.reason} Really.` })).status).toBe(201);
  });

  test("of several equal ones an equal request answers the one that lasts longest", async () => {
    const wish = wishFor(pack, [urnIn(stack)], { expiresInSeconds: 7 * DAY });
    // As requests for exceptions make them when they are applied: each its own.
    const alike = await Promise.all(many(3, () => except(t, pack, [urnIn(stack)], { expiresInSeconds: 7 * DAY })));
    const made = [(await ask(t, wish)).body.id, ...alike].sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
    await t.db
      .updateTable("policy_exceptions as one")
      .where(
        "number",
        "in",
        made.map((id) => Number(id.slice(4))),
      )
      .set({ digest: sql<Buffer>`(select digest from policy_exceptions where reason = ${wish.reason})` })
      .execute();
    const [first, longest, third, last] = made;
    for (const id of [first, third, last]) await age(t, id, 1);
    const answered = async () => (await ask(t, wish)).body.id;
    expect(await answered()).toBe(longest);
    await age(t, longest, 2);
    // Of those that end at the same time or never, the newest.
    const number = (id: string) => Number(id.slice(4));
    await t.db
      .updateTable("policy_exceptions")
      .where("number", "in", [number(first), number(third)])
      .set({ expires_at: null, tell_at: null })
      .execute();
    expect(await answered()).toBe(third);
    for (const id of [third, first]) {
      expect(await answered()).toBe(id);
      await remove(id);
    }
    expect(await answered()).toBe(last);
  });

  test("ids are counted in each organization, without gaps when many are made at once", async () => {
    await t.send("POST /api/quillon/orgs", { name: "counting" });
    const as = await person(t, "counter", "admin", "counting");
    const { body } = await t.send(
      "POST /api/orgs/counting/policypacks",
      { name: "p", policies: [{ name: "q" }] },
      { as },
    );
    await t.db
      .updateTable("policy_pack_versions")
      .set({ status: "completed", sha256: "s", size: 1, blob: "b" })
      .where("version", "=", body.version)
      .where("status", "=", "reserved")
      .execute();
    const wish = (index: number) => ({
      policyPack: "p",
      match: [{ policies: ["q"], targets: [urnIn("s")] }],
      reason: `r${index}`,
    });
    const path = "POST /api/orgs/counting/policy/exceptions";
    const refused = await t.send(path, { ...wish(0), reason: " " }, { as });
    expect(refused.status).toBe(400);
    const answers = await Promise.all(many(12, (index) => t.send(path, wish(index), { as })));
    const ids = answers.map((answer) => Number(answer.body.id.slice(4))).sort((a, b) => a - b);
    expect(ids).toEqual(many(12, (index) => index + 1));
    const same = await Promise.all(many(4, () => t.send(path, wish(99), { as })));
    expect(same.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(new Set(same.map(({ body }) => body.id)).size).toBe(1);
  });

  test("a URN of a stack that does not exist is taken, with a warning", async () => {
    const made = await ask(t, wishFor(pack, [urnIn(stack), urnIn("nowhere")]));
    expect(made.status).toBe(201);
    expect(made.headers["x-pulumi-warning"]).toBe(
      `Policy exception ${made.body.id} names URNs of stack web/nowhere, but you can read no stack of that name. If there is none, it has no effect before there is one.`,
    );
    expect((await newestEvent(t)).after).toMatchObject({ unknownStacks: ["web/nowhere"] });
  });

  test("for a stack that an older client ran last there is a warning, because not every pack applies it there", async () => {
    const on = await newStack(t);
    const run = async (version: string) => {
      const metadata = { message: "", environment: { "pulumi.version": version } };
      const { body } = await t.send(`POST ${on.path}/update`, { options: {}, metadata });
      const { body: started } = await on.start(body.updateID);
      await on.update({ id: body.updateID, ...started }).complete();
    };
    const warned = async (of = pack) => (await ask(t, wishFor(of, [urnIn(on.name)]))).headers["x-pulumi-warning"];
    expect(await warned()).toBeUndefined();
    await run("v3.274.1");
    expect(await warned()).toBeUndefined();
    await run("3.220.0");
    const last = `The last run of stack web/${on.name} (3.220.0) was by a Pulumi CLI before 3.274`;
    expect(await warned()).toContain(last);
    const same = wishFor(pack, [urnIn(on.name)], { reason: "Asked twice." });
    await ask(t, same);
    const again = await ask(t, same);
    expect([again.status, again.headers["x-pulumi-warning"]]).toEqual([200, expect.stringContaining(last)]);
    expect(await warned()).toContain("a pack on another SDK still blocks there");

    const bundled = await packOn("bundled", "@quillon/policy");
    const keepsSdk = await packOn("keeps-sdk", "@pulumi/policy");
    expect(await warned(bundled)).toBeUndefined();
    expect(await warned(keepsSdk)).toContain(`Policy pack ${keepsSdk} does not apply EXC-`);
    const effects = new Map([
      [pack, "unknown"],
      [bundled, "applied"],
      [keepsSdk, "blocked"],
    ]);
    for (const [of, effect] of effects) {
      const id = await except(t, of, [urnIn(on.name)]);
      const stacks = [{ project: "web", stack: on.name, version: "3.220.0" }];
      expect((await get(id)).body.underOlderClis).toEqual({ effect, stacks });
      const one = await t.send(`GET /api/quillon/orgs/acme/policypacks/${of}/exception-effect`);
      expect(one.body).toEqual({ underOlderClis: effect });
      const asked = await t.send(`POST ${EXCEPTIONS}/drafts`, wishFor(of, [urnIn(on.name)]));
      const path = `/api/quillon/orgs/acme/exception-requests/${asked.body.changeRequestId}`;
      expect((await t.send(`GET ${path}`)).body.underOlderClis).toEqual({ effect, stacks });
    }
    const none = await t.send("GET /api/quillon/orgs/acme/policypacks/nothing/exception-effect");
    expect(none).toMatchObject({ status: 404, body: { id: "pack_not_found" } });
  });

  test("what a pack runs on is that of the versions that policy groups have enabled, or of the newest", async () => {
    const name = await packOn("changes-sdk", "@pulumi/policy");
    const effect = async () =>
      (await t.send(`GET /api/quillon/orgs/acme/policypacks/${name}/exception-effect`)).body.underOlderClis;
    await packOn("changes-sdk", "@quillon/policy", "2.0.0");
    expect(await effect()).toBe("applied");
    const [old, both] = [await newGroup(t), await newGroup(t)];
    await edit(t, old, { addPolicyPack: { name, versionTag: "1.0.0" } });
    expect(await effect()).toBe("blocked");
    await edit(t, both, { addPolicyPack: { name, versionTag: "2.0.0" } });
    expect(await effect()).toBe("unknown");
    await edit(t, old, { addPolicyPack: { name, versionTag: "2.0.0" } });
    expect(await effect()).toBe("applied");
  });

  /** Publishes a pack that is bundled on this SDK. @returns its name. */
  async function packOn(name: string, sdk: string, tag = "1.0.0"): Promise<string> {
    const properties = [{ name: "quillon:sdk", value: "true" }];
    const bill = { bomFormat: "CycloneDX", components: [{ name: sdk, version: "1.0.0", properties }] };
    await publish(t, name, tag, await archiveOf(undefined, { "bom.cdx.json": JSON.stringify(bill) }));
    return name;
  }

  test("a client of Pulumi's API is told of an exception what that API has, and no more", async () => {
    const id = await except(t, pack, [urnIn(stack)]);
    const headers = { authorization: `token ${t.token}`, accept: "application/vnd.pulumi+9" };
    const { underOlderClis, ...rest } = (await get(id)).body;
    expect(underOlderClis).toEqual({ effect: "unknown", stacks: [] });
    expect((await t.send(`GET ${EXCEPTIONS}/${id}`, undefined, { headers })).body).toEqual(rest);
  });

  test("policies of any published version of the pack are known", async () => {
    await newVersion(t, pack, "2.0.0", [{ name: "new-one" }]);
    const match = [{ policies: ["no-public-bucket", "new-one"], targets: [urnIn(stack)] }];
    expect((await ask(t, wishFor(pack, [], { match }))).status).toBe(201);
  });

  test("the list is newest first, in pages without an empty token, and filtered", async () => {
    const other = await newPack(t);
    const on = (await newStack(t)).name;
    const first = await except(t, other, [urnIn(on)]);
    const second = await except(t, other, [urnIn(stack), urnIn(on, "tom")]);
    const third = await except(t, other, [urnIn(stack)]);
    await remove(second);
    expect(idsOf(await list(`?policyPack=${other}`))).toEqual([third, first]);
    expect(idsOf(await list(`?policyPack=${other}&status=removed`))).toEqual([second]);
    expect(idsOf(await list(`?policyPack=${other}&status=removed&status=active`))).toEqual([third, second, first]);
    expect(idsOf(await list(`?policyPack=${other}&status=active&stack=web/${on}`))).toEqual([first]);
    expect(idsOf(await list(`?policyPack=${other}&stack=web/none`))).toEqual([]);
    expect(idsOf(await list(`?policyPack=${other}&policy=no-public-bucket`))).toEqual([third, first]);
    expect(idsOf(await list(`?policyPack=${other}&policy=none`))).toEqual([]);
    const page = await list(`?policyPack=${other}&maxResults=1`);
    expect(idsOf(page)).toEqual([third]);
    const last = await list(`?policyPack=${other}&maxResults=1&continuationToken=${page.continuationToken}`);
    expect(last).toEqual({ exceptions: [expect.objectContaining({ id: first })] });
    expect((await t.send(`GET ${EXCEPTIONS}?continuationToken=x`)).status).toBe(400);
  });

  test("a removed one says when and by whom, and of two who remove it at once one is told that it is already removed", async () => {
    const id = await except(t, pack, [urnIn(stack)]);
    const as = await newManager(t);
    const answers = await Promise.all([remove(id, as), remove(id, as), remove(id, as)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 409, message: expect.stringContaining("is already removed") });
    const { body } = await get(id);
    expect(body).toMatchObject({
      status: "removed",
      removedAt: expect.any(String),
      createdBy: { githubLogin: "admin" },
    });
    expect(body.removedBy.githubLogin).toMatch(/^user/);
    expect(body).toMatchObject(answers.find(({ status }) => status === 200)?.body);
    expect(await newestEvent(t)).toMatchObject({ event: "Policy Exception Removed" });
  });

  test("one that has ended is removed, by nobody, and the same request makes another", async () => {
    const wish = wishFor(pack, [urnIn(stack)], { expiresInSeconds: 3600 });
    const { id, expiresAt } = (await ask(t, wish)).body;
    await age(t, id, 1);
    const ended = (await get(id)).body;
    expect(ended).toMatchObject({ status: "removed", removedAt: ended.expiresAt });
    expect(Date.parse(expiresAt) - Date.parse(ended.expiresAt)).toBe(3600_000);
    expect(ended.removedBy).toBeUndefined();
    expect(idsOf(await list())).not.toContain(id);
    expect(idsOf(await list("?status=removed"))).toContain(id);
    expect((await remove(id)).status).toBe(409);
    const again = await ask(t, wish);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(id);
  });

  test("a member sees what is of stacks that they may read, a policy manager sees all, and both nothing of another organization", async () => {
    const readable = (await newStack(t)).name;
    const both = await except(t, pack, [urnIn(readable), urnIn(stack)]);
    const hidden = await except(t, pack, [urnIn(stack)]);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const member = await team(t, "readers", { [`web/${readable}`]: 101 });
    const manager = await newManager(t);
    expect(idsOf(await list("", member))).toEqual([both]);
    expect((await get(both, member)).body.match).toEqual([
      { policies: ["no-public-bucket"], targets: [urnIn(readable)] },
    ]);
    const notThere = await get(hidden, member);
    expect(notThere.status).toBe(404);
    expect(JSON.stringify(notThere.body).replace(hidden, "X")).toBe(
      JSON.stringify((await get("EXC-999999", member)).body).replace("EXC-999999", "X"),
    );
    expect(idsOf(await list(`?stack=web/${stack}`, member))).toEqual([]);
    const entry = (policy: string, on: string) => ({ policies: [policy], targets: [urnIn(on)] });
    const match = [entry("no-public-bucket", stack), entry("new-one", readable)];
    const mixed = await except(t, pack, [], { match });
    expect(idsOf(await list("?policy=new-one", member))).toEqual([mixed]);
    const page = await list("?policy=no-public-bucket&maxResults=1", member);
    expect({ ids: idsOf(page), token: page.continuationToken }).toEqual({ ids: [both] });
    expect((await get(hidden, manager)).body.match[0].targets).toEqual([urnIn(stack)]);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "write" });
    expect((await get(hidden, member)).status).toBe(200);
    const stranger = await person(t, "far-away", "admin", "counting");
    expect((await get(hidden, stranger)).status).toBe(404);
    const theirs = await t.send("GET /api/orgs/counting/policy/exceptions", undefined, { as: stranger });
    expect(new Set(theirs.body.exceptions.map((one: { policyPack: string }) => one.policyPack))).toEqual(
      new Set(["p"]),
    );
  });

  test.each(["EXC-0", "EXC-01", "exc-1", "1", "EXC-1e3", "EXC-99999999999999", "%20"])(
    "%s is no exception",
    async (id) => {
      expect((await get(id)).status).toBe(404);
      expect((await remove(id)).status).toBe(404);
    },
  );

  /** PostgreSQL can't have it in an index. */
  const longProject = many(1_900, (index) => String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000))).join("");
  const LONG = urnIn("dev", "x".repeat(3_000));
  const entry = { policies: ["no-public-bucket"], targets: [urnIn("dev")] };

  test.each<[string, object, string]>([
    ["a pack that nobody has published", { policyPack: "nothing" }, 'has no published policy pack "nothing"'],
    ["another organization's pack", { policyPack: "theirs" }, 'has no published policy pack "theirs"'],
    [
      "policies that no version has",
      { match: [{ ...entry, policies: ["b", "no-public-bucket", "a"] }] },
      'has the policies "b", "a".',
    ],
    ["the policy all", { match: [{ ...entry, policies: ["all"] }] }, 'has the policy "all".'],
    ["a blank policy", { match: [{ ...entry, policies: [" "] }] }, 'has the policy " ".'],
    ["no policy", { match: [{ ...entry, policies: [] }] }, "fewer than 1 items"],
    ["101 policies", { match: [{ ...entry, policies: many(101, () => "no-public-bucket") }] }, "more than 100 items"],
    ["no URN", { match: [{ ...entry, targets: [] }] }, "fewer than 1 items"],
    ["101 URNs", { match: [{ ...entry, targets: many(101, () => urnIn("dev")) }] }, "more than 100 items"],
    ["no entry", { match: [] }, "fewer than 1 items"],
    ["101 entries", { match: many(101, () => entry) }, "more than 100 items"],
    ["a URN of 3,000 characters", { match: [{ ...entry, targets: [LONG] }] }, "more than 2048 characters"],
    [
      "a target that is no URN",
      { match: [entry, { ...entry, targets: [urnIn("dev"), "web/dev"] }] },
      'target "web/dev" of entry 2 is not a URN',
    ],
    [
      "a URN with a character that can't be stored",
      { match: [{ ...entry, targets: [`${urnIn("dev")}\0`] }] },
      'rex\\u0000" of entry 1 is not a URN',
    ],
    [
      "a URN with half a character",
      { match: [{ ...entry, targets: [`${urnIn("dev")}\ud800`] }] },
      'rex\\ud800" of entry 1 is not a URN',
    ],
    [
      "a URN of a project whose name is too long",
      { match: [{ ...entry, targets: [urnIn("dev", "rex", longProject)] }] },
      "of entry 1 is not a URN",
    ],
    ["a URN with a pattern", { match: [{ ...entry, targets: [urnIn("*")] }] }, "An exception has no patterns."],
    ["a pattern", { match: [{ ...entry, targets: ["urn:pulumi:*"] }] }, "An exception has no patterns."],
    ["a blank reason", { reason: " \n\t" }, "the reason is blank"],
    ["a reason that clears the terminal", { reason: "Fine.\u001b[2J" }, "the reason has control characters"],
    ["a reason that writes over its line", { reason: "Refused.\rFine." }, "the reason has control characters"],
    ["a reason of 2,049 characters", { reason: "x".repeat(2_049) }, "more than 2048 characters"],
    ["half an hour", { expiresInSeconds: 1_800 }, "expiresInSeconds is 1800. It must be whole hours"],
    ["an hour and a half", { expiresInSeconds: 5_400 }, "It must be whole hours"],
    ["no time", { expiresInSeconds: 0 }, "It must be whole hours"],
    ["4,000 days", { expiresInSeconds: 4_000 * DAY }, "(3,650 days)"],
    ["the past", { expiresInSeconds: -3_600 }, "It must be whole hours"],
    ["a fraction", { expiresInSeconds: 3_600.5 }, "must be integer"],
    ["an unknown field", { expires: 3_600 }, 'unknown field "expires"'],
  ])("%s is refused, and nothing is made", async (_, change, sentence) => {
    if ("policyPack" in change && change.policyPack === "theirs") {
      const org = { name: `other-${engine.name.toLowerCase()}` };
      await t.send("POST /api/quillon/orgs", org);
      const as = await person(t, "other-admin", "admin", org.name);
      await t.send(`POST /api/orgs/${org.name}/policypacks`, { name: "theirs", policies: [{ name: "q" }] }, { as });
      await t.db
        .updateTable("policy_pack_versions")
        .set({ status: "completed", sha256: "s", size: 1, blob: "c" })
        .where("status", "=", "reserved")
        .execute();
    }
    const all = async () => [
      (await list("?status=active&status=removed&maxResults=500")).exceptions.length,
      await changesIn(t),
    ];
    const before = await all();
    const { status, body } = await ask(t, { ...wishFor(pack, [urnIn(stack)]), ...change });
    expect(body.message).toContain(sentence);
    expect(body).toMatchObject({ code: status });
    expect(status).toBe(400);
    expect(await all()).toEqual(before);
  });
});
