import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../../testing/app.ts";
import { engines } from "../../testing/database.ts";
import { edit, followPack, GROUPS, newGroup, newVersion, OWN_GROUPS } from "../../testing/group.ts";
import { policyRun } from "../../testing/policy-run.ts";
import { newStack, type TestStack } from "../../testing/stack.ts";

const ISSUES = "/api/orgs/acme/policyresults/issues";
const policies = ["length", "prefix"].map((name) => ({
  name,
  description: "d",
  enforcementLevel: "advisory",
  message: "m",
}));

interface Issue {
  id: string;
  status: string;
  [field: string]: unknown;
}

describe.each(engines)("withdrawn findings on $name", (engine) => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp(engine);
    await newVersion(t, "pets", "1.0.0", policies);
    await newVersion(t, "pets", "2.0.0", policies.slice(1));
  });
  afterAll(() => t.close());

  const enabling = (config?: object) => ({ name: "pets", versionTag: "1.0.0", ...(config && { config }) });

  /** A stack in a group of its own, whose last run violates both policies. */
  async function violated(group?: string) {
    const stack = await newStack(t);
    const name = group ?? (await newGroup(t));
    const addStack = { name: stack.name, routingProject: "web" };
    await edit(t, name, { ...(!group && { addStack }), addPolicyPack: enabling() });
    return { stack, group: name, addStack };
  }
  const violate = (stack: TestStack, lines = ["rex !length !prefix"], tag = "1.0.0") =>
    policyRun(stack, { lines, tag });

  async function issues(stack: TestStack, closed: boolean): Promise<Issue[]> {
    const conditions = [{ colId: "entityId", filter: stack.name, filterType: "text", type: "equals" }];
    const body = { filterModel: { type: "AND", conditions }, sortModel: [{ colId: "policyName", sort: "asc" }] };
    return (await t.send(`POST ${ISSUES}${closed ? "?closed=true" : ""}`, body)).body.policyIssues;
  }
  /** `length open, prefix withdrawn` */
  async function states(stack: TestStack): Promise<string> {
    const all = [...(await issues(stack, false)), ...(await issues(stack, true))];
    return all
      .map(({ policyName, status, withdrawn }) => `${policyName} ${withdrawn ? "withdrawn" : status}`)
      .sort()
      .join(", ");
  }
  /** The policies that stop the stack's next update. */
  async function blocking(stack: TestStack): Promise<string> {
    const { body } = await t.send(`GET /api/quillon/orgs/acme/predictions?blocked=true&stack=web/${stack.name}`);
    return body.predictions.map(({ policyName }: Issue) => policyName).join(", ");
  }
  const newest = async () =>
    t.db.selectFrom("audit_log").orderBy("id", "desc").limit(1).selectAll().executeTakeFirstOrThrow();

  type Made = Awaited<ReturnType<typeof violated>>;
  test.each<[string, string, (made: Made) => Promise<{ status: number }>]>([
    [
      "the pack is disabled",
      "length withdrawn, prefix withdrawn",
      ({ group }) => edit(t, group, { removePolicyPack: { name: "pets" } }),
    ],
    [
      "the stack leaves the group",
      "length withdrawn, prefix withdrawn",
      ({ group, addStack }) => edit(t, group, { removeStack: addStack }),
    ],
    ["the group is removed", "length withdrawn, prefix withdrawn", ({ group }) => t.send(`DELETE ${GROUPS}/${group}`)],
    [
      "the group only audits",
      "length withdrawn, prefix withdrawn",
      ({ group }) => t.send(`PATCH ${GROUPS}/${group}`, { mode: "audit" }),
    ],
    [
      "a policy is disabled by configuration",
      "length withdrawn, prefix open",
      ({ group }) => edit(t, group, { addPolicyPack: enabling({ length: { enforcementLevel: "disabled" } }) }),
    ],
    [
      "a new version has the policy no more",
      "length withdrawn, prefix open",
      ({ group }) => edit(t, group, { addPolicyPack: { name: "pets", versionTag: "2.0.0" } }),
    ],
    [
      "the group follows the pack",
      "length withdrawn, prefix open",
      ({ group }) => followPack(t, group, "pets", { follow: true }),
    ],
    [
      "a level changes",
      "length open, prefix open",
      ({ group }) => edit(t, group, { addPolicyPack: enabling({ length: { enforcementLevel: "mandatory" } }) }),
    ],
    [
      "the group gets another name",
      "length open, prefix open",
      ({ group }) => edit(t, group, { newName: `${group}-new` }),
    ],
  ])("when %s: %s", async (what, expected, change) => {
    const made = await violated();
    const { stack: other } = await violated();
    // Of a stack that was only previewed, nothing else is known.
    const previewed = await newStack(t);
    await edit(t, made.group, { addStack: { name: previewed.name, routingProject: "web" } });
    const blocked = { lines: ["tom !length !prefix"], level: "mandatory", dryRun: true, status: "failed" };
    for (const stack of [made.stack, other]) await violate(stack);
    for (const stack of [made.stack, other, previewed]) await policyRun(stack, { ...blocked, kind: "preview" });
    expect((await change(made)).status).toBe(200);
    expect([await states(made.stack), await states(other)]).toEqual([expected, "length open, prefix open"]);
    const open = expected.split(", ").filter((state) => state.endsWith("open"));
    const left = open.map((state) => state.split(" ")[0]).join(", ");
    expect([await blocking(made.stack), await blocking(other)]).toEqual([left, "length, prefix"]);
    // It does not leave the group with the other one.
    expect(await blocking(previewed)).toBe(what === "the stack leaves the group" ? "length, prefix" : left);
    const event = await newest();
    for (const issue of await issues(made.stack, true)) {
      expect(issue).toMatchObject({ status: "ignored", auditEventId: event.id, resolvedAt: expect.any(String) });
    }
  });

  test.each<[string, (stack: TestStack) => Promise<{ status: number }>]>([
    ["its tags change", ({ path }) => t.send(`PATCH ${path}/tags`, { env: "dev" })],
    ["a tag is removed", ({ path }) => t.send(`DELETE ${path}/tags/env`)],
    ["it is moved to another project", ({ path }) => t.send(`POST ${path}/rename`, { newProject: "shop" })],
    [
      "an update starts with other tags",
      async (stack) => {
        const update = await stack.create();
        return stack.start(update, {});
      },
    ],
  ])("a finding is withdrawn when its stack leaves a selector because %s", async (_, change) => {
    const group = await newGroup(t);
    const { stack } = await violated(group);
    await t.send(`PATCH ${stack.path}/tags`, { env: "prod" });
    const all = [{ tag: "env", value: "prod" }, { project: "web" }, { stack: stack.name }];
    expect((await t.send(`PUT ${OWN_GROUPS}/${group}/selector`, { selector: { all } })).status).toBe(200);
    await policyRun(
      {
        ...stack,
        run: async () => {
          const id = await stack.create();
          return stack.update({ id, ...(await stack.start(id, { env: "prod" })).body });
        },
      },
      { lines: ["rex !length"] },
    );
    expect(await states(stack)).toBe("length open");
    expect((await change(stack)).status).toBeLessThan(300);
    expect(await states(stack)).toBe("length withdrawn");
  });

  test("when it is violated again it comes back with its triage, and was never reopened", async () => {
    const { stack, group } = await violated();
    await violate(stack);
    const [before] = await issues(stack, false);
    const path = `${ISSUES}/${before?.id}`;
    await t.send(`PATCH ${path}`, { status: "in_progress", priority: "p0", assignedTo: "admin" });
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    expect((await t.send(`GET ${path}`)).body.policyIssue).toMatchObject({ withdrawn: true, priority: "p0" });
    await edit(t, group, { addPolicyPack: enabling() });
    expect(await states(stack)).toBe("length withdrawn, prefix withdrawn");
    await violate(stack);
    const { policyIssue } = (await t.send(`GET ${path}`)).body;
    expect(policyIssue).toMatchObject({
      status: "in_progress",
      priority: "p0",
      reopenCount: 0,
      assignedTo: { githubLogin: "admin" },
    });
    expect(policyIssue).not.toHaveProperty("withdrawn");
    expect(policyIssue).not.toHaveProperty("auditEventId");
  });

  test("a pack that another group has enabled too stays", async () => {
    const { stack, group, addStack } = await violated();
    await edit(t, await newGroup(t), { addStack, addPolicyPack: enabling() });
    await violate(stack);
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    expect(await states(stack)).toBe("length open, prefix open");
  });

  test("an issue names the group whose entry counts, and can be found by it", async () => {
    const { stack, group, addStack } = await violated();
    const other = await newGroup(t);
    await violate(stack, ["rex !prefix"]);
    const named = async (name: string) => {
      const conditions = [{ colId: "policyGroupName", filter: name, filterType: "text", type: "equals" }];
      const sortModel = [{ colId: "policyGroupName", sort: "asc" }];
      const { body } = await t.send(`POST ${ISSUES}`, { filterModel: { type: "AND", conditions }, sortModel });
      return body.policyIssues.map(({ entityId, policyGroupName }: Issue) => `${entityId} ${policyGroupName}`);
    };
    expect([await named(group), await named(other)]).toEqual([[`${stack.name} ${group}`], []]);
    // The newest version of those that two groups enable is what must run.
    await edit(t, other, { addStack, addPolicyPack: { name: "pets", versionTag: "2.0.0" } });
    expect([await named(group), await named(other)]).toEqual([[], [`${stack.name} ${other}`]]);
    await edit(t, other, { removePolicyPack: { name: "pets" } });
    expect([await named(group), await named(other)]).toEqual([[`${stack.name} ${group}`], []]);
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    const [closed] = await issues(stack, true);
    expect(closed).not.toHaveProperty("policyGroupName");
    const { body } = await t.send(`POST ${ISSUES}/filters?closed=true`, { field: "policyGroupName" });
    expect(body.values).toContainEqual({ name: "", count: expect.any(Number) });
  });

  test("what is fixed stays fixed", async () => {
    const { stack, group } = await violated();
    await violate(stack);
    await violate(stack, ["rex length !prefix"]);
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    expect(await states(stack)).toBe("length fixed, prefix withdrawn");
  });

  test("an update that ran while its pack was disabled leaves nothing open", async () => {
    const { stack, group } = await violated();
    await violate(stack);
    const update = await stack.run();
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    await policyRun({ ...stack, run: async () => update }, { lines: ["rex !length !prefix"] });
    expect(await states(stack)).toBe("length withdrawn, prefix withdrawn");
  });

  test("an edit that concerns very many stacks does the first at once, and the upkeep does the rest", async () => {
    const { stack, group } = await violated();
    await violate(stack);
    const [model] = await issues(stack, false);
    await sql`insert into stacks (organization_id, project, name, tags, data_key)
      select organization_id, 'many', 'many' || n, '{}', data_key from stacks, generate_series(1, 2500) n
      where name = ${stack.name}`.execute(t.db);
    await sql`insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select stack.organization_id, stack.id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, now()
      from findings, stacks stack where findings.id = ${model?.id} and stack.project = 'many'`.execute(t.db);
    // Of no group, so any change of a group with the pack withdraws them.
    const withdrawn = async () => {
      const { rows } = await sql<{ count: number; event: string }>`
        select count(*)::int as count, max(withdrawn_by)::text as event from findings join stacks on stacks.id = stack_id
        where project = 'many' and ended = 'withdrawn'`.execute(t.db);
      return rows[0];
    };
    await edit(t, group, { removePolicyPack: { name: "pets" } });
    const event = await newest();
    expect((await withdrawn())?.count).toBeLessThanOrEqual(2000);
    await t.upkeep();
    expect(await withdrawn()).toEqual({ count: 2500, event: event.id });
    expect(await states(stack)).toBe("length withdrawn, prefix withdrawn");
    await sql`delete from stacks where project = 'many'`.execute(t.db);
  });

  test("a refused edit withdraws nothing", async () => {
    const { stack, group } = await violated();
    await violate(stack);
    const refused = await t.send(`PATCH ${GROUPS}/${group}/batch`, [
      { removePolicyPack: { name: "pets" } },
      { removePolicyPack: { name: "pets" } },
    ]);
    expect(refused.status).toBe(404);
    expect(await states(stack)).toBe("length open, prefix open");
  });
});
