import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { person } from "../testing/people.ts";

// CLIs before 3.232 ask with the caller's login for a stack that is named without an organization.
describe.each(engines)("the caller's own login as an organization, on $name", (engine) => {
  let t: TestApp;
  let ann: string;
  beforeAll(async () => {
    t = await startApp(engine);
    ann = await person(t, "ann");
    await t.send("POST /api/quillon/orgs", { name: "second" });
    await person(t, "ann", "member", "second");
  });
  afterAll(() => t.close());

  test("the caller's login means their default organization, from the first request about a stack to the last", async () => {
    const as = ann;
    expect((await t.send("POST /api/stacks/ann/own", { stackName: "dev" }, { as })).status).toBe(200);
    const path = "/api/stacks/ann/own/dev";
    expect((await t.send(`GET ${path}`, undefined, { as })).body).toMatchObject({ orgName: "acme", stackName: "dev" });
    expect((await t.send("GET /api/stacks/acme/own/dev")).status).toBe(200);
    const { body } = await t.send(`POST ${path}/update`, {}, { as });
    const update = `${path}/update/${body.updateID}`;
    const started = await t.send(`POST ${update}`, {}, { as });
    const lease = { as: `update-token ${started.body.token}` };
    const sent = { version: 3, deployment: {} };
    expect((await t.send(`PATCH ${update}/checkpoint`, sent, lease)).status).toBe(200);
    expect((await t.send(`POST ${update}/renew_lease`, { token: "", duration: 300 }, lease)).status).toBe(200);
    expect((await t.send(`POST ${update}/complete`, { status: "succeeded" }, lease)).status).toBe(200);
    const { stacks } = (await t.send("GET /api/user/stacks?organization=ann", undefined, { as })).body;
    expect(stacks).toMatchObject([{ orgName: "acme", stackName: "dev" }]);
    expect((await t.send("GET /api/orgs/ann/policypacks", undefined, { as })).status).toBe(200);
    expect((await t.send(`DELETE ${path}`, undefined, { as })).status).toBe(200);
  });

  test("a login means nothing to other callers, and does not give more than the organization does", async () => {
    const bob = await person(t, "bob");
    await t.send("POST /api/stacks/acme/own", { stackName: "shared" });
    expect((await t.send("GET /api/stacks/ann/own/shared", undefined, { as: bob })).status).toBe(404);
    expect((await t.send("GET /api/stacks/bob/own/shared", undefined, { as: bob })).status).toBe(200);
    expect((await t.send("GET /api/orgs/bob/tokens", undefined, { as: bob })).status).toBe(403);
  });

  test("a login that is also an organization's name means that organization", async () => {
    const cid = await person(t, "cid");
    await t.send("POST /api/stacks/acme/own", { stackName: "cids" });
    await t.send("POST /api/quillon/orgs", { name: "cid" });
    expect((await t.send("GET /api/stacks/cid/own/cids", undefined, { as: cid })).status).toBe(404);
    await person(t, "cid", "member", "cid");
    await t.send("POST /api/stacks/cid/own", { stackName: "here" });
    expect((await t.send("GET /api/stacks/cid/own/here", undefined, { as: cid })).body.orgName).toBe("cid");
  });

  test("the login of a caller who has no organization does not exist as an organization", async () => {
    const dot = await person(t, "dot");
    await t.send("DELETE /api/orgs/acme/members/dot");
    expect(await t.send("GET /api/stacks/dot/own/dev", undefined, { as: dot })).toMatchObject({
      status: 404,
      body: { id: "organization_not_found", message: "Organization dot does not exist, or you are not in it." },
    });
  });
});
