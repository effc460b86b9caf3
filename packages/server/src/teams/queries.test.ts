import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { insertTeamMember, setGrant } from "./queries.ts";

// What another request removes between a look and the change that relies on it.
describe.each(engines)("a team on $name", (engine) => {
  let t: TestApp;
  let team: { id: string; organization_id: string };
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("POST /api/orgs/acme/teams/pulumi", { name: "crew" });
    team = await t.db.selectFrom("teams").select(["id", "organization_id"]).executeTakeFirstOrThrow();
  });
  afterAll(() => t.close());

  test("is told when a member is gone, or the stack, or the team", async () => {
    const gone = { id: "removed_meanwhile", status: 409 };
    const { organization_id } = team;
    const stranger = { organization_id, team_id: team.id, user_id: randomUUID() };
    await expect(insertTeamMember(t.db, stranger)).rejects.toMatchObject(gone);
    await expect(setGrant(t.db, team.id, randomUUID(), "read")).rejects.toMatchObject(gone);
    await expect(setGrant(t.db, randomUUID(), randomUUID(), "read")).rejects.toMatchObject(gone);
  });
});
