import type { ReportedResult } from "@quillon/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StackCtx } from "../context.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { newStack } from "../testing/stack.ts";
import type { FoundResults } from "./report.ts";
import { reportFindings } from "./report-findings.ts";
import { reportRun } from "./report-run.ts";

describe.each(engines)("a report with too many results on $name", (engine) => {
  let t: TestApp;
  let ctx: StackCtx;
  beforeAll(async () => {
    t = await startApp(engine);
    const { path } = await newStack(t);
    const { rows } = await sql<{ stackId: string; orgId: string; userId: string }>`
      select stack.id as "stackId", stack.organization_id as "orgId", stack.created_by as "userId"
      from stacks stack where stack.name = ${path.split("/").at(-1)}`.execute(t.db);
    const [{ stackId, orgId, userId } = { stackId: "", orgId: "", userId: "" }] = rows;
    const stack = { id: stackId, project: "web", name: path.split("/").at(-1) ?? "" };
    ctx = { db: t.db, org: { id: orgId, name: "acme", role: "admin" }, stack, actor: { userId } } as StackCtx;
  });
  afterAll(() => t.close());

  async function keysOf({ results }: FoundResults, order: "worst" | "policy"): Promise<string[]> {
    const all: ReportedResult[] = [];
    for await (const result of results(order)) all.push(result);
    return all.map(({ level, severity, pack, urn }) => [level, severity, pack, urn].join(" "));
  }

  const rows = JSON.stringify([
    { n: 1, pack: "a", level: "advisory", severity: "critical" },
    { n: 2, pack: "a", level: "mandatory", severity: "low" },
    { n: 3, pack: "b", level: "mandatory", severity: "high" },
    { n: 4, pack: "b", level: "advisory", severity: "low" },
    { n: 5, pack: "a", level: "advisory", severity: "" },
  ]);
  const worst = ["mandatory high b 3", "mandatory low a 2", "advisory critical a 1"];
  const byPack = ["mandatory low a 2", "advisory critical a 1", "mandatory high b 3"];

  test("has the worst of an update, in either order, and counts all", async () => {
    const { path } = { path: `/api/stacks/acme/web/${ctx.stack.name}` };
    const { updateID } = (await t.send(`POST ${path}/preview`, { options: { dryRun: true } })).body;
    await t.send(`POST ${path}/update/${updateID}`, {});
    await sql`
      insert into policy_reports (update_id, sequence, kind, pack, tag, policy, urn, level, severity, message, exceptions)
      select ${updateID}, n, 'violated', pack, '1', 'p', n::text, level, severity, 'm', null
      from json_to_recordset(${rows}::json) as row (n int, pack text, level text, severity text)`.execute(t.db);
    const report = await reportRun(ctx, "latest", 3);
    expect(report.head).toMatchObject({ leftOut: 2, counts: { mandatory: 2, advisory: 3 } });
    expect(await keysOf(report, "worst")).toEqual(worst);
    expect(await keysOf(report, "policy")).toEqual(byPack);
  });

  test("has the worst findings, in either order, and counts all", async () => {
    await sql`
      insert into findings (organization_id, stack_id, pack, policy, urn, urn_digest, tag, level, severity, message,
        first_seen_at, first_seen_tag, last_seen_at, modified_at)
      select ${ctx.org.id}, ${ctx.stack.id}, pack, 'p', n::text, sha256(convert_to(n::text, 'UTF8')), '1', level,
        severity, 'm', now(), '1', now(), now()
      from json_to_recordset(${rows}::json) as row (n int, pack text, level text, severity text)`.execute(t.db);
    const report = await reportFindings(ctx, { where: { all: [] }, stack: undefined }, 3);
    expect(report.head).toMatchObject({ leftOut: 2, counts: { mandatory: 2, advisory: 3 } });
    expect(await keysOf(report, "worst")).toEqual(worst);
    expect(await keysOf(report, "policy")).toEqual(byPack);
  });
});
