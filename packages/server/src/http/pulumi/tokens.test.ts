import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { requirePack } from "../../testing/group.ts";
import { PACKS, publication } from "../../testing/pack.ts";
import { makeToken, person, team } from "../../testing/people.ts";

const MINE = "/api/user";
const ORG = "/api/orgs/acme";
const TEAM = "/api/orgs/acme/teams/platform";
const FAR = 9_999_999_999;
const PATIENT = { timeout: 300_000 };

describe.each(engines)("access tokens on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await team(t, "platform");
  });
  afterAll(() => t.close());

  const list = async (owner: string, query = "") => (await t.send(`GET ${owner}/tokens${query}`)).body.tokens;
  const find = async (owner: string, id: string) => (await list(owner)).find((one: { id: string }) => one.id === id);
  const whoami = async (as: string) => (await t.send("GET /api/user", undefined, { as })).body;

  describe.each([
    ["a person's", MINE, {}],
    ["an organization's", ORG, { name: "deploy" }],
    ["a team's", TEAM, { name: "deploy" }],
  ])("%s", (_, owner, named) => {
    test("a new token is listed without its secret, and works until it is revoked", async () => {
      const body = { ...named, description: "for the pipeline", expires: FAR };
      const made = await t.send(`POST ${owner}/tokens`, body);
      expect(made).toMatchObject({ status: 200, body: { tokenValue: expect.stringMatching(/^qln_[\w-]{43}$/) } });
      const { id, tokenValue } = made.body;
      expect(await find(owner, id)).toMatchObject({ ...body, createdBy: "admin", lastUsed: 0, admin: false });
      expect(JSON.stringify(await list(owner))).not.toContain(tokenValue);
      const as = `token ${tokenValue}`;
      expect((await t.send("GET /api/user", undefined, { as })).status).toBe(200);
      expect((await t.send(`DELETE ${owner}/tokens/${id}`)).status).toBe(204);
      expect(await t.send("GET /api/user", undefined, { as })).toMatchObject({
        status: 401,
        body: { message: "Unauthorized: No credentials provided or are invalid." },
      });
      expect(await t.send(`DELETE ${owner}/tokens/${id}`)).toMatchObject({
        status: 404,
        body: { id: "token_not_found" },
      });
    });

    test("an expired token is refused with the same words as an unknown one, and is still listed", async () => {
      const { id, as } = await makeToken(t, owner, { ...named, expires: FAR });
      await t.db
        .updateTable("tokens")
        .set({ expires_at: new Date(1000) })
        .where("id", "=", id)
        .execute();
      const expired = await t.send("GET /api/user", undefined, { as });
      expect(expired.body).toEqual((await t.send("GET /api/user", undefined, { as: "token qln_no" })).body);
      const ids = async (query: string) => (await list(owner, query)).map((one: { id: string }) => one.id);
      expect(await ids("?filter=expired")).toEqual([id]);
      expect(await ids("?filter=active")).not.toContain(id);
      expect(await ids("")).toContain(id);
    });

    test("a token can't expire before it is made", async () => {
      const answer = await t.send(`POST ${owner}/tokens`, { ...named, name: "late", expires: 1 });
      expect(answer).toMatchObject({ status: 400, body: { id: "invalid_input" } });
    });

    test("the last use of a token is written at most once an hour", async () => {
      const { id, as } = await makeToken(t, owner, { ...named, ...(owner !== MINE && { name: "used" }) });
      await t.send("GET /api/user", undefined, { as });
      const lastUsed = async () => (await find(owner, id)).lastUsed as number;
      const first = await vi.waitUntil(lastUsed, PATIENT);
      expect(first * 1000).toBeGreaterThan(Date.now() - 60_000);
      const halfAnHour = new Date((first - 1800) * 1000);
      await t.db.updateTable("tokens").set({ last_used_at: halfAnHour }).where("id", "=", id).execute();
      await t.send("GET /api/user", undefined, { as });
      await t.db.updateTable("tokens").set({ description: "after" }).where("id", "=", id).execute();
      expect(await lastUsed()).toBe(first - 1800);
      const earlier = new Date((first - 7200) * 1000);
      await t.db.updateTable("tokens").set({ last_used_at: earlier }).where("id", "=", id).execute();
      await t.send("GET /api/user", undefined, { as });
      await vi.waitUntil(async () => (await lastUsed()) >= first, PATIENT);
    });
  });

  test("whoami names an organization's token, which can't do anything in another organization", async () => {
    await t.send("POST /api/quillon/orgs", { name: "other" });
    const { as } = await makeToken(t, ORG, { name: "single", admin: true });
    expect(await whoami(as)).toMatchObject({
      githubLogin: "acme",
      organizations: [{ githubLogin: "acme" }],
      siteAdmin: false,
      tokenInfo: { name: "single", organization: "acme" },
    });
    const home = await t.send("GET /api/user/organizations/default", undefined, { as });
    expect(home.body).toEqual({ GitHubLogin: "acme", Messages: [] });
    expect((await t.send("GET /api/orgs/other/members", undefined, { as })).status).toBe(404);
    expect((await t.send("GET /api/orgs/acme/members", undefined, { as })).status).toBe(200);
    const other = await makeToken(t, "/api/orgs/other", { name: "single", admin: true });
    expect((await t.send("GET /api/orgs/acme/members", undefined, { as: other.as })).status).toBe(404);
  });

  test("whoami names a team's token, and does not name a person's token", async () => {
    const { as } = await makeToken(t, TEAM, { name: "crew" });
    const tokenInfo = { name: "crew", organization: "acme", team: "platform" };
    expect(await whoami(as)).toMatchObject({ githubLogin: "acme", tokenInfo });
    expect(await whoami(`token ${t.token}`)).not.toHaveProperty("tokenInfo");
  });

  test("the history names an organization's token as the author of what it did", async () => {
    const { as } = await makeToken(t, ORG, { name: "pipeline" });
    await t.send("POST /api/stacks/acme/web", { stackName: "dev" }, { as });
    const path = "/api/stacks/acme/web/dev";
    const created = await t.send(`POST ${path}/update`, {}, { as });
    await t.send(`POST ${path}/update/${created.body.updateID}`, {}, { as });
    const { body } = await t.send(`GET ${path}`);
    expect(body.currentOperation).toMatchObject({ author: "acme:pipeline" });
  });

  test.each([
    [{}, "member"],
    [{ admin: true }, "admin"],
    [{ roleID: "policy-manager" }, "policy-manager"],
  ])("an organization's token that is asked for with %j has the role %s", async (asked, role) => {
    const { id } = await makeToken(t, ORG, { name: `as-${role}`, ...asked });
    expect(await find(ORG, id)).toMatchObject({ admin: role === "admin", role: { id: role, defaultIdentifier: role } });
  });

  test("an owner can't have two tokens of one name, and a revoked token's name is free again", async () => {
    const first = await makeToken(t, ORG, { name: "unique" });
    expect(await t.send(`POST ${ORG}/tokens`, { name: "unique" })).toMatchObject({
      status: 409,
      body: {
        message: "There is already an access token with the name unique here. Revoke it first, or choose another name.",
      },
    });
    await makeToken(t, TEAM, { name: "unique" });
    await t.send(`DELETE ${ORG}/tokens/${first.id}`);
    expect((await t.send(`POST ${ORG}/tokens`, { name: "unique" })).status).toBe(200);
  });

  test("only its owner can revoke a token, and for others it does not exist", async () => {
    const as = await person(t, "thief");
    const mine = await makeToken(t, MINE);
    const org = await makeToken(t, ORG, { name: "safe" });
    const crew = await makeToken(t, TEAM, { name: "safe" });
    expect((await t.send(`DELETE ${MINE}/tokens/${mine.id}`, undefined, { as })).status).toBe(404);
    expect((await t.send(`DELETE ${MINE}/tokens/${org.id}`)).status).toBe(404);
    expect((await t.send(`DELETE ${ORG}/tokens/${crew.id}`)).status).toBe(404);
    expect((await t.send(`DELETE ${TEAM}/tokens/${org.id}`)).status).toBe(404);
    for (const token of [mine, org, crew]) expect(await whoami(token.as)).toHaveProperty("githubLogin");
  });

  test("a token of an organization or a team can't make a person's token", async () => {
    const { as } = await makeToken(t, ORG, { name: "climber", admin: true });
    expect(await t.send(`POST ${MINE}/tokens`, {}, { as })).toMatchObject({
      status: 403,
      body: { message: "You may not do this: it needs a person's own access token." },
    });
  });

  const SOON = 4_000_000_000;
  const minting: [string, { expires?: number }, number][] = [
    ["never expires", {}, 400],
    ["asks with 0 for no expiry", { expires: 0 }, 400],
    ["expires later", { expires: SOON + 1 }, 400],
    ["expires at the same time", { expires: SOON }, 200],
    ["expires earlier", { expires: SOON - 1 }, 200],
  ];
  test.each(minting)(
    "a token that expires makes one that %s only if that one does not live longer",
    async (_, wanted, status) => {
      const { as } = await makeToken(t, MINE, { expires: SOON });
      for (const owner of [MINE, ORG, TEAM]) {
        const name = `minted-${status}-${wanted.expires ?? "never"}`;
        const answer = await t.send(`POST ${owner}/tokens`, { ...wanted, ...(owner !== MINE && { name }) }, { as });
        expect(answer.status).toBe(status);
        if (status === 400) expect(answer.body.message).toContain("Your own token expires at 2096-10-02T07:06:40.000Z");
      }
    },
  );

  test("an organization's token that expires makes neither a token that lives longer nor a user, because a user's first token would", async () => {
    const { as } = await makeToken(t, ORG, { name: "short", admin: true, expires: SOON });
    expect((await t.send(`POST ${ORG}/tokens`, { name: "long" }, { as })).status).toBe(400);
    expect((await t.send("POST /api/orgs/acme/users", { login: "minted" }, { as })).status).toBe(400);
    expect((await t.send("POST /api/orgs/acme/users", { login: "minted" })).status).toBe(200);
  });

  test.each([
    ["an organization's", ORG],
    ["a team's", TEAM],
  ])("%s token that gets the name of a revoked one has nothing of what the old one had", async (_, owner) => {
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    const first = await makeToken(t, owner, { name: "again" });
    const stackName = owner === ORG ? "of-org" : "of-team";
    await t.send("POST /api/stacks/acme/again", { stackName }, { as: first.as });
    await t.send(`DELETE ${owner}/tokens/${first.id}`);
    const second = await makeToken(t, owner, { name: "again" });
    const read = await t.send(`GET /api/stacks/acme/again/${stackName}`, undefined, { as: second.as });
    expect(read.status).toBe(404);
    expect((await t.send("GET /api/user/stacks?project=again", undefined, { as: second.as })).body.stacks).toEqual([]);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "write" });
  });

  test("an organization's token that gets the name of a revoked one does not get the old one's reservation", async () => {
    const first = await makeToken(t, ORG, { name: "publisher", roleID: "policy-manager" });
    expect((await t.send(`POST ${PACKS}`, publication("inherited", "1.0.0"), { as: first.as })).status).toBe(200);
    await t.send(`DELETE ${ORG}/tokens/${first.id}`);
    const second = await makeToken(t, ORG, { name: "publisher", roleID: "policy-manager" });
    const answer = await t.send(`POST ${PACKS}`, publication("inherited", "1.0.0"), { as: second.as });
    expect(answer).toMatchObject({ status: 409, body: { id: "pack_version_reserved" } });
    expect(answer.body.message).toContain("acme:publisher");
  });

  describe("a token that is limited to projects", () => {
    const projects = ["web", "later"];
    const limited = { name: "limited", projects };

    test.each([
      ["an organization's", ORG],
      ["a team's", TEAM],
    ])("%s says so where it is made, listed, recorded and revoked", async (_, owner) => {
      const made = await t.send(`POST ${owner}/tokens`, { name: "listed", projects: [...projects, "web"] });
      expect(made).toMatchObject({ status: 200, body: { projects } });
      const { id } = made.body;
      expect(await find(owner, id)).toMatchObject({ projects, admin: false });
      await t.send(`DELETE ${owner}/tokens/${id}`);
      const { body } = await t.send("GET /api/orgs/acme/auditlogs");
      const [revoked, created] = body.auditLogEvents;
      expect(created.after).toMatchObject({ id, projects });
      expect(revoked.before).toMatchObject({ id, projects });
    });

    test("a client of Pulumi's API is not told what that API does not have", async () => {
      const authorization = `token ${t.token}`;
      const headers = { authorization, "content-type": "application/json", accept: "application/vnd.pulumi+9" };
      const made = await t.send(`POST ${ORG}/tokens`, { name: "untold", projects }, { headers });
      expect(made).toMatchObject({ status: 200 });
      expect(made.body).not.toHaveProperty("projects");
      const { body } = await t.send(`GET ${ORG}/tokens`, undefined, { headers });
      const told = body.tokens.find(({ id }: { id: string }) => id === made.body.id);
      expect(told).not.toHaveProperty("projects");
      expect(await find(ORG, made.body.id)).toMatchObject({ projects });
    });

    test.each([
      [ORG, { name: "a", projects: [] }, "fewer than 1"],
      [ORG, { name: "a", projects: Array.from({ length: 101 }, (_, n) => `p${n}`) }, "more than 100"],
      [TEAM, { name: "a", projects: ["a b"] }, "1 to 100 letters"],
      [ORG, { name: "a", projects: "web" }, "array"],
      [ORG, { name: "a", projects, admin: true }, "this request asks for the role admin"],
      [ORG, { name: "a", projects, roleID: "policy-manager" }, "this request asks for the role policy-manager"],
      [MINE, { projects }, "a person's token can't be limited to projects"],
    ])("%s with %j is refused", async (owner, body, sentence) => {
      const refused = await t.send(`POST ${owner}/tokens`, body);
      expect(refused.status).toBe(400);
      expect(refused.body.message).toContain(sentence);
    });

    test("makes stacks of them alone, which stay in them, and learns what these must run", async () => {
      await requirePack(t, "of-limited");
      const { as } = await makeToken(t, ORG, limited);
      const send = (request: string, body?: unknown) => t.send(request, body, { as });
      const words =
        "You may not do this: your access token is limited to other projects than ops: web, later. Use one without that limit, or ask an admin to do it.";
      const refused = { status: 403, body: { id: "forbidden", message: words } };
      expect(await send("POST /api/stacks/acme/ops", { stackName: "lim" })).toMatchObject(refused);
      expect(await send("POST /api/stacks/acme/later", { stackName: "lim" })).toMatchObject({ status: 200 });
      const stack = "/api/stacks/acme/later/lim";
      expect(await send(`POST ${stack}/rename`, { newProject: "ops" })).toMatchObject(refused);
      expect(await send(`POST ${stack}/rename`, { newProject: "web", newName: "lim" })).toMatchObject({ status: 200 });
      const { body } = await send("GET /api/stacks/acme/web/lim/policypacks");
      const { pathname, search } = new URL(body.requiredPolicies[0].packLocation);
      expect((await send(`GET ${pathname}${search}`)).status).toBe(200);
      await t.send("POST /api/stacks/acme/web/lim/rename", { newProject: "ops" });
      expect((await send("GET /api/stacks/acme/ops/lim")).status).toBe(404);
    });

    test("registers runs of them alone, under their names", async () => {
      const { as } = await makeToken(t, ORG, { ...limited, name: "runs" });
      const register = (project: string, here?: { project: string; stack: string }) =>
        t.send(`PUT /api/quillon/orgs/acme/elsewhere`, { backend: "s3://b", project, stack: "s", as: here }, { as });
      await t.send("PUT /api/quillon/orgs/acme/elsewhere", { backend: "s3://b", project: "ops", stack: "s" });
      for (const refused of [register("ops"), register("new"), register("ops", { project: "web", stack: "s" })])
        expect(await refused).toMatchObject({ status: 403, body: { id: "forbidden" } });
      expect(await register("web", { project: "ops", stack: "t" })).toMatchObject({ status: 403 });
      expect(await register("web")).toMatchObject({ status: 200, body: { project: "web", made: true } });
      const there = { backend: "s3://c", project: "web", stack: "s" };
      await t.send("PUT /api/quillon/orgs/acme/elsewhere", { ...there, as: { project: "ops", stack: "private" } });
      const unread = await t.send("PUT /api/quillon/orgs/acme/elsewhere", there, { as });
      expect(unread).toMatchObject({
        status: 404,
        body: { message: "Stack s of project web in s3://c does not exist." },
      });
    });

    test("can't go on with an update whose stack an admin has moved out of them", async () => {
      const { as } = await makeToken(t, ORG, { ...limited, name: "moved" });
      await t.send("POST /api/stacks/acme/web", { stackName: "moved" }, { as });
      const { updateID } = (await t.send("POST /api/stacks/acme/web/moved/update", {}, { as })).body;
      await t.send("POST /api/stacks/acme/web/moved/rename", { newProject: "ops" });
      for (const project of ["web", "ops"]) {
        const start = await t.send(`POST /api/stacks/acme/${project}/moved/update/${updateID}`, {}, { as });
        expect(start.status).toBe(404);
      }
    });
  });

  test("the database has only hashes of tokens", async () => {
    const { as } = await makeToken(t, MINE);
    const rows = await t.db.selectFrom("tokens").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(as.slice("token ".length));
  });
});
