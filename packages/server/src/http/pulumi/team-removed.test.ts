import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transaction } from "../../context.ts";
import { setGrant } from "../../stacks/index.ts";
import { addTeamMember } from "../../teams/index.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";

// What another request removes between reading it and the change that needs it.
describe.each(engines)("a team on $name", (engine) => {
  let t: TestApp;
  let team: { id: string; organization_id: string };
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("POST /api/orgs/acme/teams/pulumi", { name: "crew" });
    team = await t.db.selectFrom("teams").select(["id", "organization_id"]).executeTakeFirstOrThrow();
  });
  afterAll(() => t.close());

  test("a change of a team is refused when the member, the stack or the team is removed at the same time", async () => {
    const gone = { id: "removed_meanwhile", status: 409 };
    const { db } = t;
    const org = { id: team.organization_id, name: "acme", role: "admin", defaultPermission: "write" } as const;
    const teamId = team.id;
    const add = transaction({ db, org }, (tx) => addTeamMember(tx, { teamId, userId: randomUUID() }));
    await expect(add).rejects.toMatchObject(gone);
    const nothing = { teamId, stackId: randomUUID(), permission: "read" } as const;
    const give = (grant: Parameters<typeof setGrant>[1]) => transaction({ db }, (tx) => setGrant(tx, grant));
    await expect(give(nothing)).rejects.toMatchObject(gone);
    await expect(give({ ...nothing, teamId: randomUUID() })).rejects.toMatchObject(gone);
  });
});
