import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { requirePack } from "../testing/group.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { renameFindings } from "./rename-findings.ts";

/** More than are renamed in one step. */
const MANY = 600;
const pets = Array.from({ length: MANY }, (_, index) => `p${index}`);

describe.each(engines)("the findings of a stack that is renamed, on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await requirePack(t, "pets", [{ name: "length", description: "d", enforcementLevel: "advisory", message: "m" }]);
  });
  afterAll(() => t.close());

  /** The stack names in the URNs, with how many rows have each. */
  async function namesOf({ name }: TestStack): Promise<object[]> {
    const of = (table: string) => sql`
      select ${table} as kind, split_part(split_part(urn, '::', 1), ':', 3) as name from ${sql.table(table)}
      where stack_id = (select id from stacks where name = ${name}) and urn_digest = sha256(convert_to(urn, 'UTF8'))`;
    const { rows } = await sql<{ kind: string; name: string; count: number }>`
      select kind, name, count(*)::int as count
      from (${of("findings")} union all ${of("predictions")} union all ${of("evaluations")}) as urns
      group by 1, 2 order by 1, 2`.execute(t.db);
    return rows;
  }

  const all = (name: string, counts: Record<string, number>) =>
    Object.entries(counts).map(([kind, count]) => ({ kind, name, count }));

  const renamedTo = (stack: TestStack, name: string): TestStack => ({
    ...stack,
    name,
    path: `/api/stacks/acme/web/${name}`,
  });

  /** As a server leaves it that ends between the new name and the findings. */
  async function renameHalf({ name }: TestStack, to: string): Promise<string> {
    const renaming = { id: randomUUID(), stack: to };
    const row = await t.db
      .updateTable("stacks")
      .set({ name: to, renaming: JSON.stringify(renaming) })
      .where("name", "=", name)
      .returning("id")
      .executeTakeFirstOrThrow();
    return row.id;
  }

  test("follow it, however many there are", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: pets.map((pet) => `${pet} !length`) });
    await policyRun(stack, { lines: ["rex !length"], dryRun: true, level: "mandatory" });
    const { name } = stack;
    expect(await namesOf(stack)).toEqual(all(name, { evaluations: MANY, findings: MANY, predictions: 1 }));
    const to = `${name}-new`;
    expect(await t.send(`POST ${stack.path}/rename`, { newName: to })).toMatchObject({ status: 200 });
    expect(await namesOf(renamedTo(stack, to))).toEqual(all(to, { evaluations: MANY, findings: MANY, predictions: 1 }));
  });

  test("follow it when a server ended meanwhile, and until then no update starts", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: ["rex !length", "tom !length"] });
    const to = `${stack.name}-new`;
    await renameHalf(stack, to);
    const renamed = renamedTo(stack, to);
    const { body } = await t.send(`POST ${renamed.path}/update`, {});
    const start = () => t.send(`POST ${renamed.path}/update/${body.updateID}`, {});
    const refused = { status: 409, body: { id: "stack_renaming" } };
    expect(await start()).toMatchObject(refused);
    const preview = await t.send(`POST ${renamed.path}/preview`, { options: { dryRun: true } });
    expect(await t.send(`POST ${renamed.path}/update/${preview.body.updateID}`, {})).toMatchObject(refused);
    expect(await t.send(`POST ${renamed.path}/rename`, { newName: "third" })).toMatchObject(refused);
    expect(await t.send(`POST ${renamed.path}/import`, { version: 3, deployment: {} })).toMatchObject(refused);
    expect(await namesOf(renamed)).toEqual(all(stack.name, { evaluations: 2, findings: 2 }));
    await t.upkeep();
    expect(await namesOf(renamed)).toEqual(all(to, { evaluations: 2, findings: 2 }));
    expect(await start()).toMatchObject({ status: 200 });
  });

  test("stay when they have the new name already, and so does what is the same under the old one", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: ["rex !length", "tom !length"] });
    const to = `${stack.name}-new`;
    const taken = `urn:pulumi:${to}::web::random:index/randomPet:RandomPet::rex`;
    await sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message, first_seen_at,
        first_seen_tag, last_seen_at, modified_at)
      select organization_id, stack_id, pack, policy, ${taken}::text, sha256(convert_to(${taken}::text, 'UTF8')), tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at
      from findings where urn like ${`urn:pulumi:${stack.name}::%::rex`}`.execute(t.db);
    expect(await t.send(`POST ${stack.path}/rename`, { newName: to })).toMatchObject({ status: 200 });
    expect(await namesOf(renamedTo(stack, to))).toEqual([
      { kind: "evaluations", name: to, count: 2 },
      { kind: "findings", name: stack.name, count: 1 },
      { kind: "findings", name: to, count: 2 },
    ]);
    const renamed = renamedTo(stack, to);
    const third = renamedTo(stack, `${to}-3`);
    expect(await t.send(`POST ${renamed.path}/rename`, { newName: third.name })).toMatchObject({ status: 200 });
    expect(await namesOf(third)).toContainEqual({ kind: "findings", name: third.name, count: 2 });
    const { body } = await t.send(`POST ${third.path}/update`, {});
    expect(await t.send(`POST ${third.path}/update/${body.updateID}`, {})).toMatchObject({ status: 200 });
  });

  test("are renamed by two servers at once as by one, and not by one that is late", async () => {
    const stack = await newStack(t);
    await policyRun(stack, { lines: pets.map((pet) => `${pet} !length`) });
    const to = `${stack.name}-new`;
    const id = await renameHalf(stack, to);
    const { renaming } = await t.db
      .selectFrom("stacks")
      .where("id", "=", id)
      .select("renaming")
      .executeTakeFirstOrThrow();
    const first = { id: renaming?.id ?? "" };
    const ctx = { ...t, log: t.app.log, url: "" };
    await Promise.all([renameFindings(ctx, id, first), renameFindings(ctx, id, first), t.upkeep()]);
    const renamed = renamedTo(stack, to);
    expect(await namesOf(renamed)).toEqual(all(to, { evaluations: MANY, findings: MANY }));
    await renameHalf(renamed, "later");
    await renameFindings(ctx, id, first);
    expect(await namesOf(renamedTo(stack, "later"))).toEqual(all(to, { evaluations: MANY, findings: MANY }));
  });
});
