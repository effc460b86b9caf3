import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { makeToken, person } from "../../testing/people.ts";

const PATH = "/api/orgs/acme/members";

describe.each(engines)("users whom another organization has made, on $name", (engine) => {
  let t: TestApp;
  let acme: string;
  let other: string;
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("POST /api/quillon/orgs", { name: "other" });
    acme = await person(t, "own-admin", "admin");
    other = await person(t, "other-admin", "admin", "other");
  });
  afterAll(() => t.close());

  /** @returns what its maker was given. */
  const made = async (login: string, organization: string, as: string) => {
    const { body } = await t.send(`POST /api/orgs/${organization}/users`, { login }, { as });
    return `token ${body.token}`;
  };

  test("are not let in by an admin who can't know who has their first token", async () => {
    const kept = await made("carol", "other", other);
    const refused = await t.send(`POST ${PATH}/carol`, { role: "admin" }, { as: acme });
    expect(refused).toMatchObject({ status: 403, body: { id: "user_of_others" } });
    expect(refused.body.message).not.toContain("other-admin");
    expect((await t.send("GET /api/orgs/acme/policypacks", undefined, { as: kept })).status).toBe(404);
    const { as: token } = await makeToken(t, "/api/orgs/acme", { name: "automation", admin: true });
    expect((await t.send(`POST ${PATH}/carol`, { role: "member" }, { as: token })).status).toBe(403);
  });

  test("are let in by an admin of the server, also when they have left that organization", async () => {
    await made("dora", "other", other);
    await t.send("DELETE /api/orgs/other/members/dora", undefined, { as: other });
    expect((await t.send(`POST ${PATH}/dora`, { role: "member" }, { as: acme })).status).toBe(403);
    expect((await t.send(`POST ${PATH}/dora`, { role: "member" })).status).toBe(200);
  });

  test("are let in by an admin of both organizations", async () => {
    await made("emil", "other", other);
    const both = await person(t, "both", "admin");
    expect((await t.send(`POST ${PATH}/emil`, { role: "member" }, { as: both })).status).toBe(403);
    await person(t, "both", "admin", "other");
    expect((await t.send(`POST ${PATH}/emil`, { role: "member" }, { as: both })).status).toBe(200);
  });

  test("come back to the organization that made them", async () => {
    await made("fritz", "acme", acme);
    await t.send(`DELETE ${PATH}/fritz`, undefined, { as: acme });
    expect((await t.send(`POST ${PATH}/fritz`, { role: "member" }, { as: acme })).status).toBe(200);
  });
});
