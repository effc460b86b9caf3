import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { person } from "../../testing/people.ts";

describe.each(engines)("organizations on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("the first user administers the server and makes one more, which has its default policy group", async () => {
    expect((await t.send("GET /api/user")).body).toMatchObject({ githubLogin: "admin", siteAdmin: true });
    const made = await t.send("POST /api/quillon/orgs", { name: "second" });
    expect(made).toMatchObject({ status: 201, body: { name: "second", defaultStackPermission: "write" } });
    const { body } = await t.send("GET /api/user");
    expect(body.organizations.map((org: { name: string }) => org.name)).toEqual(["acme", "second"]);
    const { policyGroups } = (await t.send("GET /api/orgs/second/policygroups")).body;
    expect(policyGroups.map((group: { name: string }) => group.name)).toContain("default-policy-group");
  });

  test("a name that is taken, or that the CLI could not use, is refused", async () => {
    expect(await t.send("POST /api/quillon/orgs", { name: "acme" })).toMatchObject({
      status: 409,
      body: { id: "organization_exists", message: "An organization acme already exists." },
    });
    expect((await t.send("POST /api/quillon/orgs", { name: "no/slash" })).status).toBe(400);
  });

  test("its settings are read by members and kept as they were set", async () => {
    const as = await person(t, "reader");
    const set = await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "read" });
    expect(set).toMatchObject({ status: 200, body: { defaultStackPermission: "read" } });
    expect((await t.send("PATCH /api/quillon/orgs/acme", {})).body.defaultStackPermission).toBe("read");
    expect((await t.send("GET /api/quillon/orgs/acme", undefined, { as })).body.defaultStackPermission).toBe("read");
    expect((await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "all" })).status).toBe(400);
  });

  test("adding a user who is already on the server to another organization makes no second token", async () => {
    await t.send("POST /api/quillon/orgs", { name: "third" });
    const as = await person(t, "ruler", "admin", "third");
    expect(await t.send("POST /api/orgs/third/users", { login: "admin" }, { as })).toMatchObject({
      status: 409,
      body: { id: "user_exists" },
    });
    await person(t, "elsewhere");
    const answer = await t.send("POST /api/orgs/third/users", { login: "elsewhere" }, { as });
    expect(answer).toMatchObject({ status: 409, body: { id: "login_taken" } });
    expect(answer.body).not.toHaveProperty("token");
  });
});
