import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { daysAgo } from "../../db/time.ts";
import { KEEPING_STACKS, startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newestEvent, requirePack } from "../../testing/group.ts";
import { team } from "../../testing/people.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, stateText, type TestStack } from "../../testing/stack.ts";

const DELETED = "/api/quillon/orgs/acme/deleted-stacks";
const ISSUES = "/api/orgs/acme/policyresults/issues";

describe.each(engines)("deleted stacks on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine, {}, {}, KEEPING_STACKS);
    await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
  });
  afterAll(() => t.close());

  const remove = async ({ path }: TestStack) => expect((await t.send(`DELETE ${path}?force=true`)).status).toBe(200);
  async function listed({ name }: TestStack) {
    const { body } = await t.send(`GET ${DELETED}`);
    return body.stacks.find(({ stack }: { stack: string }) => stack === name);
  }
  async function restore(stack: TestStack) {
    const { id } = (await listed(stack)) ?? { id: randomUUID() };
    return t.send(`POST ${DELETED}/${id}/restore`);
  }
  /** @returns its plain text. */
  async function decrypted({ path }: TestStack, ciphertext: string) {
    const { body } = await t.send(`POST ${path}/decrypt`, { ciphertext });
    return Buffer.from(body.plaintext ?? "", "base64").toString();
  }
  /** A stack with two states, a secret and a tag. */
  async function filled() {
    const stack = await newStack(t, { tags: { env: "test" } });
    for (const text of [stateText(), stateText(',"metadata":{}')])
      expect((await t.send(`POST ${stack.path}/import`, JSON.parse(text))).status).toBe(200);
    const plaintext = Buffer.from("a secret").toString("base64");
    const { body } = await t.send(`POST ${stack.path}/encrypt`, { plaintext });
    return { stack, ciphertext: body.ciphertext as string };
  }
  const places = (stack: TestStack) =>
    sql<{ resources: number }>`
      select resources from stack_places join stacks on stacks.id = stack_id where name = ${stack.name}`
      .execute(t.db)
      .then(({ rows }) => rows);

  test("one is in its own list alone, and comes back with its key, its tags, its states and its history", async () => {
    const { stack, ciphertext } = await filled();
    const read = async () => [
      (await t.send(`GET ${stack.path}`)).body,
      await stack.exported(),
      await stack.exported(1),
      (await t.send(`GET ${stack.path}/updates`)).body,
      await places(stack),
    ];
    const before = await read();
    await remove(stack);
    expect((await t.send(`GET ${stack.path}`)).status).toBe(404);
    expect(JSON.stringify((await t.send("GET /api/user/stacks?organization=acme")).body)).not.toContain(stack.name);
    const found = await listed(stack);
    expect(found).toMatchObject({ project: "web", stack: stack.name, deletedBy: "admin" });
    expect(Date.parse(found.restorableUntil) - Date.parse(found.deleted)).toBe(30 * 24 * 3_600_000);

    const answer = await restore(stack);
    expect(answer).toMatchObject({ status: 200, body: { project: "web", stack: stack.name } });
    expect(await newestEvent(t)).toMatchObject({ event: "Stack Restored" });
    expect(await read()).toEqual(before);
    expect(await decrypted(stack, ciphertext)).toBe("a secret");
    expect(await listed(stack)).toBeUndefined();
    await (await stack.run()).complete();
    // And once more, because what is kept of the first time must not be in the way.
    await remove(stack);
    expect((await restore(stack)).status).toBe(200);
    expect((await t.send(`GET ${stack.path}`)).body.version).toBe(3);
  });

  test("while another stack has its name, it is not restored, and the other one stays", async () => {
    const { stack } = await filled();
    await remove(stack);
    await t.send("POST /api/stacks/acme/web", { stackName: stack.name });
    expect(await restore(stack)).toMatchObject({ status: 409, body: { id: "deleted_stack_name_taken" } });
    expect((await t.send(`GET ${stack.path}/export`)).body.deployment.resources).toBeUndefined();
    await t.send(`POST ${stack.path}/rename`, { newName: `${stack.name}-new` });
    expect((await restore(stack)).status).toBe(200);
    expect((await t.send(`GET ${stack.path}/export`)).body.deployment.resources).toHaveLength(1);
  });

  test("an update that runs does not come back, and neither do permissions of teams", async () => {
    const stack = await newStack(t);
    await team(t, "of-deleted", { [`web/${stack.name}`]: 102 });
    const preview = await stack.run("update", true);
    await remove(stack);
    expect((await preview.complete()).status).toBeGreaterThanOrEqual(400);
    expect((await restore(stack)).status).toBe(200);
    expect((await preview.complete()).status).toBeGreaterThanOrEqual(400);
    expect(await t.db.selectFrom("team_stacks").select("stack_id").execute()).toEqual([]);
  });

  test("its findings stay withdrawn until a run finds them again", async () => {
    const stack = await newStack(t);
    const conditions = [{ colId: "entityId", filter: stack.name, filterType: "text", type: "equals" }];
    const open = async () =>
      (await t.send(`POST ${ISSUES}`, { filterModel: { type: "AND", conditions } })).body.policyIssues;
    await policyRun(stack, { lines: ["rex !length"] });
    const [finding] = await open();
    await remove(stack);
    await restore(stack);
    expect(await open()).toEqual([]);
    await policyRun(stack, { lines: ["rex !length"] });
    expect(await open()).toMatchObject([{ id: finding.id }]);
    expect((await open())[0].stackRemoved).toBeFalsy();
  });

  test("after its days it is removed for good, with all of its updates and states", async () => {
    const { stack } = await filled();
    await remove(stack);
    const { id } = await listed(stack);
    const left = async () =>
      Promise.all(
        [
          sql<{ count: number }>`select count(*)::int as count from updates where deleted_stack_id = ${id}`,
          sql<{ count: number }>`select count(*)::int as count from checkpoints where stack_id is null`,
        ].map(async (query) => (await query.execute(t.db)).rows[0]?.count),
      );
    await t.compact();
    expect(await left()).toEqual([2, 2]);
    await sql`update deleted_stacks set deleted_at = ${daysAgo(30)} where id = ${id}`.execute(t.db);
    expect(await listed(stack)).toBeUndefined();
    expect(await t.send(`POST ${DELETED}/${id}/restore`)).toMatchObject({
      status: 404,
      body: { id: "deleted_stack_not_found" },
    });
    await t.compact();
    expect(await left()).toEqual([0, 0]);
    expect(await t.db.selectFrom("deleted_stacks").where("id", "=", id).select("id").execute()).toEqual([]);
  });

  test("another organization's is not found", async () => {
    const { stack } = await filled();
    await remove(stack);
    const { id } = await listed(stack);
    const other = `other-${randomUUID().slice(0, 8)}`;
    expect((await t.send("POST /api/quillon/orgs", { name: other })).status).toBe(201);
    expect((await t.send(`POST /api/quillon/orgs/${other}/deleted-stacks/${id}/restore`)).status).toBe(404);
    expect((await t.send(`GET /api/quillon/orgs/${other}/deleted-stacks`)).body.stacks).toEqual([]);
    expect((await restore(stack)).status).toBe(200);
  });
});

test("with 0 days nothing is kept", async () => {
  const [engine] = engines;
  if (!engine) throw new Error("there is no database");
  const t = await startApp(engine);
  const stack = await newStack(t);
  await (await stack.run()).complete();
  expect((await t.send(`DELETE ${stack.path}`)).status).toBe(200);
  expect(await t.db.selectFrom("updates").select("id").execute()).toEqual([]);
  expect((await t.send(`GET ${DELETED}`)).body.stacks).toEqual([]);
  await t.close();
});
