import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { edit, newGroup, newVersion } from "../testing/group.ts";
import { team } from "../testing/people.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack, type TestStack } from "../testing/stack.ts";
import { blocksOf, makeBlocks } from "./blocks.ts";

const RESULTS = "/api/orgs/acme/policyresults";
const OWN = "/api/quillon/orgs/acme/compliance";
const sizes = { largest: 3, small: 2 };

describe("which stacks come into a block together", () => {
  /** `a1` is stack 1 of the teams a; then its packs and its organization. */
  const placed = (text: string) => {
    const [stackId = "", packs = "", organizationId = ""] = text.split(" ");
    return { stackId, teams: stackId.slice(0, 1), packs, organizationId };
  };
  test.each<[string, string[], string[]]>([
    ["there is none", [], []],
    ["as many as a block has", ["a1", "a2", "a3"], ["a1 a2 a3"]],
    ["more than that", ["a1", "a2", "a3", "a4", "a5"], ["a1 a2 a3", "a4 a5"]],
    ["of two teams", ["a1", "b1", "a2", "b2"], ["a1 a2", "b1 b2"]],
    ["with different packs", ["a1 x", "a2 y", "a3 x", "a4 y", "a5 x"], ["a1 a3 a5", "a2 a4"]],
    ["what few teams leave over", ["a1", "a2", "a3", "a4", "b1", "c1"], ["a1 a2 a3", "a4 b1 c1"]],
    ["of two organizations", ["a1 x m", "a2 x n"], ["a1", "a2"]],
  ])("%s", (_, stacks, blocks) => {
    expect(blocksOf(stacks.map(placed), sizes).map((block) => block.map(({ stackId }) => stackId).join(" "))).toEqual(
      blocks,
    );
  });
});

const policies = [
  { name: "length", severity: "high", framework: { name: "CIS", version: "1" } },
  { name: "prefix", severity: "low" },
  { name: "few", severity: "low", framework: { name: "CIS", version: "1" } },
].map((policy) => ({ description: "d", enforcementLevel: "advisory", message: "m", ...policy }));

/** Numbers below `below` that look random, and are the same each time. */
function randomly(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

describe.each(engines)("scores of blocks on $name", (engine) => {
  let t: TestApp;
  let reader: string;
  let made = 0;
  const stacks: TestStack[] = [];
  beforeAll(async () => {
    t = await startApp(engine);
    await t.send("PATCH /api/quillon/orgs/acme", { defaultStackPermission: "none" });
    await newVersion(t, "pets", "1.0.0", policies);
    await newVersion(t, "pets", "2.0.0", policies.slice(1));
    await newVersion(t, "cats", "1.0.0", policies);
    for (const name of ["pets", "cats"])
      await edit(t, "default-policy-group", { addPolicyPack: { name, versionTag: "1.0.0" } });
    reader = await team(t, "readers");
  });
  afterAll(() => t.close());

  /** All that is counted together, as an administrator and as a team sees it. */
  async function answers(): Promise<unknown[]> {
    const found = [];
    for (const as of [undefined, reader]) {
      const send = async (request: string, body?: object) =>
        (await t.send(request, body, as ? { as } : {})).body as unknown;
      for (const by of ["pack", "policy", "severity", "framework"]) found.push(await send(`GET ${OWN}?by=${by}`));
      found.push(await send(`POST ${RESULTS}/compliance`, { entity: "severity" }));
      found.push(await send(`POST ${RESULTS}/policies`, { startRow: 0, endRow: 1000 }));
      found.push(await send(`GET ${RESULTS}/metadata`));
    }
    return found;
  }

  /** As if no stack was in a block, so that all are counted by themselves. */
  async function answersWithoutBlocks(): Promise<unknown[]> {
    await sql`create table kept as select stack_id, block_id from scored_stacks`.execute(t.db);
    await sql`update scored_stacks set block_id = null`.execute(t.db);
    const found = await answers();
    await sql`update scored_stacks set block_id = kept.block_id from kept where kept.stack_id = scored_stacks.stack_id`.execute(
      t.db,
    );
    await sql`drop table kept`.execute(t.db);
    return found;
  }

  const blocks = async () => {
    const { rows } = await sql<{ all: number; whole: number }>`
      select count(*)::int as all, (count(*) filter (where stacks = (
        select count(*) from scored_stacks where block_id = score_blocks.id)))::int as whole from score_blocks`.execute(
      t.db,
    );
    return rows[0];
  };

  type Choose = <T>(all: readonly T[]) => T;
  const grants = async (stack: TestStack, change: "addStackPermission" | "removeStack") => {
    const names = { projectName: stack.path.split("/")[4], stackName: stack.path.split("/")[5] };
    const body = change === "removeStack" ? names : { ...names, permission: 101 };
    await t.send("PATCH /api/orgs/acme/teams/readers", { [change]: body });
  };
  const lines = ["rex !length prefix", "rex length", "tom !prefix few", "tom ^length", "-rex", "-tom", "kim few"];
  const changes: Record<string, (stack: TestStack, pick: Choose, group: string) => Promise<unknown>> = {
    run: (stack, pick) =>
      policyRun(stack, {
        lines: [pick(lines), pick(lines)],
        pack: pick(["pets", "cats"]),
        tag: pick(["1.0.0", "2.0.0"]),
      }),
    "run that fails": (stack, pick) => policyRun(stack, { lines: [pick(lines)], status: "failed" }),
    "dry run": (stack, pick) => policyRun(stack, { lines: [pick(lines)], dryRun: true, kind: "preview" }),
    grant: (stack) => grants(stack, "addStackPermission"),
    "grant no more": (stack) => grants(stack, "removeStack"),
    // It stays, but nothing else happens to it.
    rename: async (stack, pick) => {
      made += 1;
      const body = { newName: `renamed${made}`, newProject: pick(["web", "api"]) };
      expect((await t.send(`POST ${stack.path}/rename`, body)).status).toBeLessThan(300);
      stacks.splice(stacks.indexOf(stack), 1);
    },
    removal: async (stack) => {
      expect((await t.send(`DELETE ${stack.path}?force=true`)).status).toBeLessThan(300);
      stacks.splice(stacks.indexOf(stack), 1);
    },
    "other version": (_, pick) =>
      edit(t, "default-policy-group", { addPolicyPack: { name: "pets", versionTag: pick(["1.0.0", "2.0.0"]) } }),
    "pack taken away": (_, pick) =>
      edit(t, "default-policy-group", { removePolicyPack: { name: pick(["pets", "cats"]) } }),
    "pack given": (_, pick) =>
      edit(t, "default-policy-group", { addPolicyPack: { name: pick(["pets", "cats"]), versionTag: "1.0.0" } }),
    "into a group": async (stack, _, group) => {
      const [, , , , routingProject, name] = stack.path.split("/");
      await edit(t, group, { addStack: { name, routingProject } });
      await edit(t, group, { addPolicyPack: { name: "pets", versionTag: "1.0.0" } });
    },
    upkeep: () => t.upkeep(),
    compaction: () => t.compact({ eventsDays: 1, findingsDays: 1 }),
  };

  test.each([11])("are what its stacks have, after each change of a random history (%i)", async (seed) => {
    const random = randomly(seed);
    const pick: Choose = (all) => all[random(all.length)] as (typeof all)[number];
    const group = await newGroup(t);
    stacks.length = 0;
    const history: string[] = [];
    let used = 0;
    for (let step = 0; step < 12; step += 1) {
      if (stacks.length < 6 || random(10) === 0) {
        const stack = await newStack(t);
        if (random(2) === 0) await grants(stack, "addStackPermission");
        await policyRun(stack, { lines: ["rex !length prefix", "tom length"], pack: pick(["pets", "cats"]) });
        stacks.push(stack);
      }
      const name = pick(Object.keys(changes));
      const stack = pick(stacks);
      history.push(`${name} of ${stack.name}`);
      await changes[name]?.(stack, pick, group);
      used += (await blocks())?.whole ?? 0;
      if (step === 9) await t.send(`DELETE /api/orgs/acme/policygroups/${group}`);
      expect(await answers(), history.join("; ")).toEqual(await answersWithoutBlocks());
      if (random(3) === 0) await makeBlocks(t, sizes);
    }
    expect(used).toBeGreaterThan(0);
    await makeBlocks(t, sizes);
    const { all, whole } = (await blocks()) ?? {};
    expect(whole).toBe(all);
    expect(await answers()).toEqual(await answersWithoutBlocks());
  });

  // The embedded database has one connection, so there is no "meanwhile".
  if (engine.name === "PostgreSQL")
    test("a stack that changes while blocks are made is in none", async () => {
      const stack = await newStack(t);
      await policyRun(stack, { lines: ["rex !length"] });
      const ofStack = sql`(select id from stacks where name = ${stack.name})`;
      const block = async () =>
        (
          await sql<{ block: string | null }>`
          select block_id as block from scored_stacks where stack_id = ${ofStack}`.execute(t.db)
        ).rows[0]?.block;
      expect(await block()).toBeNull();
      await t.db.transaction().execute(async (db) => {
        await sql`update pack_scores set stale = not stale where stack_id = ${ofStack}`.execute(db);
        await makeBlocks(t, sizes);
      });
      expect(await block()).toBeNull();
      await makeBlocks(t, sizes);
      expect(await block()).not.toBeNull();
    });
});
