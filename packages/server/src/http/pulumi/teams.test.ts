import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { makeToken, person, team } from "../../testing/people.ts";

const TEAMS = "/api/orgs/acme/teams";

describe.each(engines)("teams on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    for (const stackName of ["dev", "prod"]) await t.send("POST /api/stacks/acme/web", { stackName });
  });
  afterAll(() => t.close());

  const read = async (name: string) => (await t.send(`GET ${TEAMS}/${name}`)).body;
  const edit = (name: string, change: object, as?: string) =>
    t.send(`PATCH ${TEAMS}/${name}`, change, as ? { as } : {});
  const onStack = (stackName: string, permission: number | string) => ({ projectName: "web", stackName, permission });
  const statusOn = async (stack: string, as: string) =>
    (await t.send(`GET /api/stacks/acme/web/${stack}`, undefined, { as })).status;

  test("a team is made, listed, shown and removed", async () => {
    const made = await t.send(`POST ${TEAMS}/pulumi`, { name: "platform", displayName: "Platform", description: "d" });
    const shown = { kind: "pulumi", name: "platform", displayName: "Platform", description: "d", userRole: "admin" };
    expect(made).toMatchObject({ status: 201, body: { ...shown, members: [{ githubLogin: "admin", role: "admin" }] } });
    expect((await t.send(`GET ${TEAMS}`)).body).toEqual({ teams: [shown] });
    expect(await read("platform")).toEqual({ ...made.body, stacks: [] });
    expect((await t.send(`DELETE ${TEAMS}/platform`)).status).toBe(204);
    expect(await read("platform")).toMatchObject({ code: 404, id: "team_not_found" });
    expect((await t.send(`DELETE ${TEAMS}/platform`)).status).toBe(404);
  });

  test("an organization can't have two teams of one name", async () => {
    await t.send(`POST ${TEAMS}/pulumi`, { name: "twice" });
    expect(await t.send(`POST ${TEAMS}/pulumi`, { name: "twice" })).toMatchObject({
      status: 409,
      body: { message: "Organization acme already has a team twice." },
    });
    await t.send("POST /api/quillon/orgs", { name: "other" });
    expect((await t.send("POST /api/orgs/other/teams/pulumi", { name: "twice" })).status).toBe(201);
  });

  test("a member is added to a team, made its administrator, and removed", async () => {
    const as = await team(t, "changing");
    const roles = async () =>
      Object.fromEntries(
        (await read("changing")).members.map((one: { githubLogin: string; role: string }) => [
          one.githubLogin,
          one.role,
        ]),
      );
    const member = "changing-member";
    expect(await roles()).toEqual({ admin: "admin", [member]: "member" });
    expect((await edit("changing", { newDescription: "x" }, as)).status).toBe(403);
    expect((await edit("changing", { memberAction: "promote", member })).status).toBe(204);
    expect((await edit("changing", { newDescription: "by its admin" }, as)).status).toBe(204);
    expect(await read("changing")).toMatchObject({ displayName: "changing", description: "by its admin" });
    expect((await edit("changing", { memberAction: "demote", member })).status).toBe(204);
    expect((await roles())[member]).toBe("member");
    expect((await edit("changing", { memberAction: "remove", member })).status).toBe(204);
    expect(await roles()).toEqual({ admin: "admin" });
  });

  test("a team gives its members a stack, changes its permission, and takes it away", async () => {
    const as = await team(t, "giving");
    const change = async (step: object) => expect((await edit("giving", step)).status).toBe(204);
    expect(await statusOn("dev", as)).toBe(404);
    await change({ addStackPermission: onStack("dev", 101) });
    expect(await statusOn("dev", as)).toBe(200);
    expect((await t.send("PATCH /api/stacks/acme/web/dev/tags", {}, { as })).status).toBe(403);
    await change({ editStackPermission: onStack("dev", "102") });
    expect((await t.send("PATCH /api/stacks/acme/web/dev/tags", {}, { as })).status).toBe(200);
    expect((await read("giving")).stacks).toEqual([onStack("dev", 102)]);
    await change({ removeStack: { projectName: "web", stackName: "dev" } });
    expect(await statusOn("dev", as)).toBe(404);
    await change({ addStackPermission: onStack("dev", 103) });
    await change({ editStackPermission: onStack("dev", 0) });
    expect((await read("giving")).stacks).toEqual([]);
  });

  test.each<[string, object, number, string]>([
    [
      "a stack that does not exist",
      { addStackPermission: onStack("no", 101) },
      400,
      "stack acme/web/no does not exist",
    ],
    [
      "a permission it has not",
      { editStackPermission: onStack("prod", 101) },
      400,
      "no permission on stack acme/web/prod",
    ],
    ["a permission that is none", { addStackPermission: onStack("prod", 104) }, 400, "not valid"],
    ["nobody", { memberAction: "add", member: "nobody" }, 400, "nobody is not a member of acme"],
    ["who is not in it", { memberAction: "promote", member: "outside" }, 400, "outside is not in the team"],
    ["an action without a member", { memberAction: "add" }, 400, "must be sent together"],
    [
      "an environment",
      { addEnvironmentPermission: { envName: "e" } },
      400,
      "this server does not have Pulumi ESC environments",
    ],
  ])("a change with %s is refused whole", async (_, change, status, message) => {
    await person(t, "outside");
    await t.send(`POST ${TEAMS}/pulumi`, { name: "whole" });
    const before = await read("whole");
    const answer = await edit("whole", { newDisplayName: "changed", ...change });
    expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
    expect(await read("whole")).toEqual(before);
  });

  test("only who administers a stack gives it to a team, and a stack that the caller may not read does not exist", async () => {
    const as = await team(t, "limited", { "web/dev": 102 });
    await edit("limited", { memberAction: "promote", member: "limited-member" });
    expect(await edit("limited", { addStackPermission: onStack("dev", 103) }, as)).toMatchObject({
      status: 403,
      body: { message: "You may not do this: it needs admin access to stack acme/web/dev." },
    });
    expect(await edit("limited", { addStackPermission: onStack("prod", 101) }, as)).toMatchObject({
      status: 400,
      body: { message: "Team limited was not changed: stack acme/web/prod does not exist." },
    });
    await t.send("POST /api/stacks/acme/web", { stackName: "own" }, { as });
    expect((await edit("limited", { addStackPermission: onStack("own", 101) }, as)).status).toBe(204);
  });

  test("a team shows a stack only to callers who may read the stack", async () => {
    await team(t, "shown", { "web/prod": 101 });
    const stranger = await person(t, "stranger");
    const { body } = await t.send(`GET ${TEAMS}/shown`, undefined, { as: stranger });
    expect(body).toMatchObject({ name: "shown", userRole: "none", stacks: [] });
    expect((await read("shown")).stacks).toEqual([onStack("prod", 101)]);
  });

  test("a team that is named when a stack is made may read and update the stack", async () => {
    const as = await team(t, "named");
    const made = await t.send("POST /api/stacks/acme/web", { stackName: "shared", teams: ["named"] });
    expect(made.status).toBe(200);
    expect((await t.send("PATCH /api/stacks/acme/web/shared/tags", {}, { as })).status).toBe(200);
    expect((await t.send("DELETE /api/stacks/acme/web/shared", undefined, { as })).status).toBe(403);
    const refused = await t.send("POST /api/stacks/acme/web", { stackName: "unshared", teams: ["named", "nobody"] });
    expect(refused).toMatchObject({ status: 404, body: { id: "team_not_found" } });
    expect((await t.send("GET /api/stacks/acme/web/unshared")).status).toBe(404);
  });

  test("a removed team's permissions and tokens are removed too", async () => {
    const as = await team(t, "gone", { "web/dev": 102 });
    const token = await makeToken(t, `${TEAMS}/gone`, { name: "ci" });
    expect(await statusOn("dev", token.as)).toBe(200);
    await t.send(`DELETE ${TEAMS}/gone`);
    expect(await statusOn("dev", as)).toBe(404);
    expect(await statusOn("dev", token.as)).toBe(401);
  });
});
