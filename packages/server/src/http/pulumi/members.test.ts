import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { person } from "../../testing/people.ts";

const MEMBERS = "/api/orgs/acme/members";

describe.each(engines)("members on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  const roles = async (): Promise<Record<string, string>> => {
    const { body } = await t.send(`GET ${MEMBERS}`);
    return Object.fromEntries(
      body.members.map((one: { user: { githubLogin: string }; fgaRole: { id: string } }) => [
        one.user.githubLogin,
        one.fgaRole.id,
      ]),
    );
  };

  test("members are shown in the words of Pulumi's API, a policy manager as a member with a role of its own", async () => {
    await person(t, "manager", "policy-manager");
    const { body } = await t.send(`GET ${MEMBERS}`);
    expect(body.members).toMatchObject([
      { user: { githubLogin: "admin", name: "admin", avatarUrl: "" }, role: "admin", fgaRole: { id: "admin" } },
      { user: { githubLogin: "manager" }, role: "member", fgaRole: { id: "policy-manager", name: "Policy manager" } },
    ]);
    expect(body).not.toHaveProperty("continuationToken");
  });

  test("members are sent page by page, each once", async () => {
    await t.send("POST /api/quillon/orgs", { name: "crowd" });
    const logins = Array.from({ length: 204 }, (_, n) => `user-${n}`);
    for (const login of logins) await person(t, login, "member", "crowd");
    const seen: string[] = [];
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const query: string = token ? `?continuationToken=${token}` : "";
      const { body } = await t.send(`GET /api/orgs/crowd/members${query}`);
      seen.push(...body.members.map((one: { user: { githubLogin: string } }) => one.user.githubLogin));
      sizes.push(body.members.length);
      token = body.continuationToken;
    } while (token);
    expect(sizes).toEqual([100, 100, 5]);
    expect(seen).toEqual(["admin", ...logins].sort());
  });

  test.each([
    ["ULLA", ["ulla-berg"]],
    ["berg", ["ulla-berg", "ulrich"]],
    ["rich von", ["ulrich"]],
    ["%", []],
    ["berg-ulla", []],
  ])("the search %j finds members by a part of the login or the name", async (search, expected) => {
    for (const [login, name] of [
      ["ulla-berg", "Ulla"],
      ["ulrich", "Ulrich von Berg"],
    ] as const) {
      await person(t, login);
      await t.db.updateTable("users").set({ name }).where("login", "=", login).execute();
    }
    const { body } = await t.send(`GET /api/orgs/acme/members?search=${encodeURIComponent(search)}`);
    expect(body.members.map((one: { user: { githubLogin: string } }) => one.user.githubLogin)).toEqual(expected);
  });

  test("a member is added, given another role, and removed", async () => {
    await person(t, "mover", "member", "crowd");
    const added = await t.send(`POST ${MEMBERS}/mover`, { role: "member" });
    expect(added).toMatchObject({ status: 200, body: { user: { githubLogin: "mover" }, role: "member" } });
    expect((await t.send(`PATCH ${MEMBERS}/mover`, { role: "admin" })).status).toBe(204);
    expect((await roles()).mover).toBe("admin");
    expect((await t.send(`PATCH ${MEMBERS}/mover`, { fgaRoleId: "policy-manager" })).status).toBe(204);
    expect((await roles()).mover).toBe("policy-manager");
    expect((await t.send(`DELETE ${MEMBERS}/mover`)).status).toBe(204);
    expect(await roles()).not.toHaveProperty("mover");
  });

  test.each<[string, string, object | undefined, [number, string]]>([
    ["adding who is there", `POST ${MEMBERS}/admin`, { role: "member" }, [409, "admin already is a member of acme."]],
    ["adding nobody", `POST ${MEMBERS}/nobody`, { role: "member" }, [404, "There is no user nobody on this server."]],
    ["a role that is none", `POST ${MEMBERS}/nobody`, { role: "king" }, [400, "The request's body role is not valid"]],
    ["a change of nothing", `PATCH ${MEMBERS}/admin`, {}, [400, "has neither role nor fgaRoleId"]],
    [
      "a change of who is not there",
      `PATCH ${MEMBERS}/nobody`,
      { role: "member" },
      [404, "nobody is not a member of acme."],
    ],
    ["removing who is not there", `DELETE ${MEMBERS}/nobody`, undefined, [404, "nobody is not a member of acme."]],
    [
      "demoting the last admin",
      `PATCH ${MEMBERS}/admin`,
      { role: "member" },
      [400, "Make somebody else an admin first."],
    ],
    ["removing the last admin", `DELETE ${MEMBERS}/admin`, undefined, [400, "admin is the last admin of acme."]],
  ])("%s is refused with a sentence, and changes nothing", async (_, request, body, [status, message]) => {
    const before = await roles();
    const answer = await t.send(request, body);
    expect(answer).toMatchObject({ status, body: { code: status, message: expect.stringContaining(message) } });
    expect(await roles()).toEqual(before);
  });

  test("two admins who demote each other at once leave one", async () => {
    for (let round = 0; round < 5; round += 1) {
      const organization = `duel-${round}`;
      await t.send("POST /api/quillon/orgs", { name: organization });
      const as = await person(t, "second", "admin", organization);
      const path = `/api/orgs/${organization}/members`;
      const answers = await Promise.all([
        t.send(`PATCH ${path}/second`, { role: "member" }),
        t.send(`PATCH ${path}/admin`, { role: "member" }, { as }),
      ]);
      // The slower one has either lost the right to demote, or would demote the last.
      expect(answers.map(({ status }) => status).sort()[0]).toBe(204);
      expect([400, 403]).toContain(answers.map(({ status }) => status).sort()[1]);
    }
  });

  test("a removed member has no access any more, not through a team either", async () => {
    const as = await person(t, "leaver");
    await t.send("POST /api/orgs/acme/teams/pulumi", { name: "staying" });
    await t.send("PATCH /api/orgs/acme/teams/staying", { memberAction: "add", member: "leaver" });
    await t.send(`DELETE ${MEMBERS}/leaver`);
    expect((await t.send("GET /api/orgs/acme/policypacks", undefined, { as })).status).toBe(404);
    await t.send(`POST ${MEMBERS}/leaver`, { role: "member" });
    const { body } = await t.send("GET /api/orgs/acme/teams/staying");
    expect(body.members.map((one: { githubLogin: string }) => one.githubLogin)).toEqual(["admin"]);
  });
});
