import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { makeToken, person, team } from "../../testing/people.ts";

const defaults = ["none", "read", "write", "admin"];

// The list decides in SQL what `permissionOn` decides for one stack: here both are asked, for every caller and default.
describe.each(engines)("the stacks that one may read, on $name", (engine) => {
  let t: TestApp;
  const callers: Record<string, string> = {};
  const stacks: string[] = [];

  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("POST /api/quillon/orgs", { name: "other" });
    await t.send("POST /api/stacks/other/web", { stackName: "dev" });
    callers.admin = `token ${t.token}`;
    callers.member = await person(t, "member");
    callers.manager = await person(t, "manager", "policy-manager");
    callers.orgToken = (await makeToken(t, "/api/orgs/acme", { name: "plain" })).as;
    callers.adminToken = (await makeToken(t, "/api/orgs/acme", { name: "ruling", admin: true })).as;
    const projects = ["limited", "member"];
    callers.limited = (await makeToken(t, "/api/orgs/acme", { name: "limited", projects })).as;
    for (const [project, as] of Object.entries(callers)) {
      await t.send(`POST /api/stacks/acme/${project}`, { stackName: "made" }, { as });
      stacks.push(`acme/${project}/made`);
    }
    callers.inTeam = await team(t, "readers", { "admin/made": 101 });
    callers.teamToken = (await makeToken(t, "/api/orgs/acme/teams/readers", { name: "ci" })).as;
    const ofTeam = { name: "limited", projects: ["admin", "nowhere"] };
    callers.limitedOfTeam = (await makeToken(t, "/api/orgs/acme/teams/readers", ofTeam)).as;
    stacks.push("other/web/dev");
  });
  afterAll(() => t.close());

  describe.each(defaults)("where members have %s", (defaultStackPermission) => {
    test.each([
      ...["admin", "member", "manager", "orgToken", "adminToken", "inTeam", "teamToken", "limited", "limitedOfTeam"],
    ])("the list of %s has those, and only those, that can be read one by one", async (caller) => {
      await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission });
      const as = callers[caller] ?? "";
      const { body } = await t.send("GET /api/user/stacks", undefined, { as });
      const listed = body.stacks.map((one: { orgName: string; projectName: string; stackName: string }) =>
        [one.orgName, one.projectName, one.stackName].join("/"),
      );
      const readable: string[] = [];
      for (const stack of stacks) {
        const { status } = await t.send(`GET /api/stacks/${stack}`, undefined, { as });
        if (status === 200) readable.push(stack);
        const project = await t.send(`HEAD /api/stacks/${stack.split("/").slice(0, 2).join("/")}`, undefined, { as });
        expect(project.status).toBe(status);
      }
      expect(listed.sort()).toEqual(readable.sort());
      const seen = /^(admin|adminToken|manager)$/.test(caller)
        ? stacks.length - 1
        : readable.filter((stack) => stack.startsWith("acme/")).length;
      const groups = "/api/orgs/acme/policygroups";
      const { policyGroups } = (await t.send(`GET ${groups}`, undefined, { as })).body;
      expect(
        policyGroups.find(
          ({ isOrgDefault, entityType }: { isOrgDefault: boolean; entityType: string }) =>
            isOrgDefault && entityType === "stacks",
        ).numStacks,
      ).toBe(seen);
      expect((await t.send(`GET ${groups}/metadata`, undefined, { as })).body).toMatchObject({ TotalStacks: seen });
      expect(readable.length).toBeGreaterThan(0);
      if (caller.startsWith("limited")) expect(readable.length).toBeLessThan(3);
    });
  });
});
