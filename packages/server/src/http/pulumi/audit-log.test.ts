import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, newestEvent, newGroup, newManager, newPack } from "../../testing/group.ts";
import { PACKS } from "../../testing/pack.ts";

describe.each(engines)("the audit log on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
  });
  afterAll(() => t.close());

  test("the log is sent page by page and filtered by event, user and time, at both of its paths", async () => {
    const ann = await newManager(t);
    const group = await newGroup(t);
    for (let round = 0; round < 51; round += 1) {
      await edit(t, group, { mode: "audit" }, ann);
      await edit(t, group, { mode: "preventative" }, ann);
    }
    const { actorName } = await newestEvent(t);
    const log = async (query: string, path = "auditlogs/v2") =>
      (await t.send(`GET /api/orgs/acme/${path}?${query}`)).body;
    const first = await log(`userFilter=${actorName}`);
    expect(first.auditLogEvents).toHaveLength(100);
    const rest = await log(`userFilter=${actorName}&continuationToken=${first.continuationToken}`, "auditlogs");
    expect(rest.auditLogEvents).toHaveLength(2);
    expect(rest).not.toHaveProperty("continuationToken");
    const { timestamp } = first.auditLogEvents[0];
    expect((await log(`startTime=${timestamp + 3600}`)).auditLogEvents).toEqual([]);
    expect((await log(`endTime=${timestamp - 3600}`)).auditLogEvents).toEqual([]);
    expect(
      (await log(`userFilter=${actorName}&startTime=${timestamp - 3600}&endTime=${timestamp}`)).auditLogEvents,
    ).toHaveLength(100);
    expect((await log("eventFilter=Policy%20Pack%20Removed")).auditLogEvents).toEqual([]);
    // Older clients read backwards from startTime, and have other names for the filters.
    const old = async (query: string) => (await log(query, "auditlogs")).auditLogEvents.length;
    expect(await old(`user=${actorName}&startTime=${timestamp + 3600}`)).toBe(100);
    expect(await old(`startTime=${timestamp - 3600}`)).toBe(0);
    expect(await old(`endTime=${timestamp + 3600}`)).toBe(0);
    expect(await old("eventType=Policy%20Pack%20Removed")).toBe(0);
    const wrong = await log("eventFilter=policy-pack-remove");
    expect(wrong).toMatchObject({
      id: "invalid_input",
      message: 'The audit log has no event "policy-pack-remove". Did you mean "Policy Pack Removed"?',
    });
    expect((await log("eventType=%F0%9F%90%88", "auditlogs")).message).toContain("listed at auditlogs/event-types.");
    expect((await log("continuationToken=x")).id).toBe("invalid_input");
    expect((await log("format=csv")).id).toBe("invalid_input");
  });

  test("an event in the log can't be changed or removed", async () => {
    const refused = /append-only/;
    await expect(t.db.updateTable("audit_log").set({ login: "nobody" }).execute()).rejects.toThrow(refused);
    await expect(t.db.deleteFrom("audit_log").execute()).rejects.toThrow(refused);
  });

  test("the log has no token and no signed URL", async () => {
    const texts = JSON.stringify(await t.db.selectFrom("audit_log").selectAll().execute());
    expect(texts).not.toContain(t.token);
    expect(texts).not.toContain("signature=");
  });

  test("a refused change has no event, and the event of a removed pack says what the pack was", async () => {
    const pack = await newPack(t, ["1.0.0", "1.1.0"]);
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Pack Published",
      description: `Policy pack ${pack} 1.1.0`,
      after: { policyPack: pack, versionTag: "1.1.0", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await t.send(`DELETE ${PACKS}/${pack}/versions/1.0.0`);
    expect(await newestEvent(t)).toMatchObject({
      event: "Policy Pack Version Removed",
      before: { policyPack: pack, versionTag: "1.0.0" },
    });
    await t.send(`DELETE ${PACKS}/${pack}`);
    expect(await newestEvent(t)).toMatchObject({ event: "Policy Pack Removed", before: { policyPack: pack } });
    const event = await newestEvent(t);
    await t.send(`DELETE ${PACKS}/${pack}`);
    expect(await newestEvent(t)).toEqual(event);
  });
});
