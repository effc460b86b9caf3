import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeCursor } from "../../cursor.ts";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { newManager } from "../../testing/group.ts";
import { events, isOfPets, RECEIPTS, receiptsOf, requirePets, unsent } from "../../testing/receipts.ts";
import { newStack } from "../../testing/stack.ts";

const OWN = "/api/quillon/orgs/acme";

describe.each(engines)("who reads which receipts on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePets(t);
  });
  afterAll(() => t.close());

  const { run, signedOf, receiptOf } = receiptsOf(() => t);

  test("lists are of the stacks that a caller may read, by status and page by page", async () => {
    const on = await newStack(t);
    const ids = [await run(on, events("up-fixes")), await run(on, unsent(isOfPets)), await run(on, events("up-fixes"))];
    const name = on.name;
    const list = async (query = "", as?: string) => {
      const path = `${OWN}/stacks/web/${name}/receipts${query}`;
      const { body } = await t.send(`GET ${path}`, undefined, as ? { as } : {});
      return body.receipts?.map(({ updateID }: { updateID: string }) => updateID) ?? body.id;
    };
    expect(await list()).toEqual(ids.toReversed());
    expect(await list("?status=missing")).toEqual([ids[1]]);
    const middle = await t.db
      .selectFrom("receipts")
      .where("update_id", "=", ids[1] ?? "")
      .select(sql<string>`(extract(epoch from ended_at) * 1000000)::bigint::text`.as("at"))
      .executeTakeFirstOrThrow();
    const from = (at: string) => `?continuationToken=${writeCursor([at, ids[1] ?? ""])}`;
    expect(await list(from(middle.at))).toEqual([ids[0]]);
    expect(await list(from("9".repeat(17)))).toEqual(ids.toReversed());
    // Of stacks that were removed, so many that there is a second page.
    await sql`
      insert into receipts (update_id, organization_id, stack_id, project, stack, kind, dry_run, outcome, ended_at, status, imported,
        body, signature)
      select gen_random_uuid(), organization_id, gen_random_uuid(), project, stack, kind, dry_run, outcome,
        ended_at - n * interval '1 day', status, imported, body, signature
      from receipts, generate_series(1, 150) n where update_id = ${ids[0]}`.execute(t.db);
    const all = [];
    let pages = 0;
    for (let token = ""; ; ) {
      const { body } = await t.send(`GET ${RECEIPTS}${token && `?continuationToken=${token}`}`);
      all.push(...body.receipts);
      pages += 1;
      token = body.continuationToken ?? "";
      if (!token) break;
    }
    expect(pages).toBe(2);
    const rows = await t.db.selectFrom("receipts").select("update_id").execute();
    expect(all.map(({ updateID }) => updateID).sort()).toEqual(rows.map(({ update_id }) => update_id).sort());

    const member = await newManager(t, "member");
    expect((await t.send(`GET ${RECEIPTS}`, undefined, { as: member })).body.receipts.length).toBeGreaterThan(0);
    await t.send(`PATCH ${OWN}`, { defaultStackPermission: "none" });
    expect((await t.send(`GET ${RECEIPTS}`, undefined, { as: member })).body.receipts).toEqual([]);
    expect(await list("", member)).toBe("stack_not_found");
    const hidden = await signedOf(ids[0] ?? "", member);
    expect(hidden).toMatchObject({ status: 404, body: { id: "receipt_not_found" } });
    await t.send(`PATCH ${OWN}`, { defaultStackPermission: "write" });
  });

  test("a receipt is kept when its stack is removed, for the organization's admins", async () => {
    const on = await newStack(t);
    const update = await run(on, events("up-fixes"));
    expect((await t.send(`DELETE ${on.path}?force=true`)).status).toBe(200);
    expect(await receiptOf(update)).toMatchObject({ status: "complete" });
    const manager = await newManager(t);
    expect((await signedOf(update, manager)).status).toBe(404);
  });

  test("a continuation token that the server did not give out is refused", async () => {
    const id = "00000000-0000-0000-0000-000000000000";
    for (const parts of [["x", "y"], ["1"], ["1", "2"], [id, id], [id, "1"], ["9".repeat(18), id]]) {
      const token = Buffer.from(JSON.stringify(parts)).toString("base64url");
      expect((await t.send(`GET ${RECEIPTS}?continuationToken=${token}`)).status).toBe(400);
    }
  });
});
