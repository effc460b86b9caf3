import { severities } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { listEnabledPacks } from "../groups/index.ts";
import { listReadableStacks } from "../stacks/index.ts";
import type { Condition, Rows, Sort } from "./grid.ts";
import {
  countPolicyRows,
  listPolicyRows,
  type PolicyFilterField,
  type PolicySortField,
} from "./policy-score-queries.ts";
import { percentOf } from "./score.ts";
import {
  listScoredPacks,
  listScores,
  listScoresOf,
  readTotals,
  type Score,
  type ScoreGrouping,
} from "./score-queries.ts";

/** A score in percent for each column, in their order. */
export interface ScoreRow {
  name: string;
  percents: number[];
}

export interface ScoreTable {
  /** Names of packs. */
  columns: string[];
  rows: ScoreRow[];
  continuationToken?: string;
}

const PAGE = 500;
const SEVERITIES = [...severities.toReversed(), ""];

/**
 * A page of the scores of the stacks that the caller may read, one row for each stack, and one column for each pack that a
 * group enforces or that was evaluated.
 *
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readStackScores(
  ctx: OrgCtx,
  { size, continuationToken }: { size: number; continuationToken?: string | undefined },
): Promise<ScoreTable> {
  const after = readCursor(continuationToken, 3);
  const filter = { organization: ctx.org.name };
  const listed = await listReadableStacks(ctx.db, { actor: ctx.actor, filter, after, limit: size + 1 });
  const { page: stacks, continuationToken: next } = pageOf(listed, size, ({ organization, project, name }) => [
    organization,
    project,
    name,
  ]);
  const columns = await columnsOf(ctx);
  const scores = await listScoresOf(
    ctx.db,
    stacks.map(({ id }) => id),
  );
  const byKey = new Map(scores.map((score) => [`${score.stackId} ${score.pack}`, score]));
  return {
    columns,
    rows: stacks.map(({ id, project, name }) => ({
      name: `${project}/${name}`,
      percents: columns.map((pack) => {
        const score = byKey.get(`${id} ${pack}`);
        const [passing, of] = score?.broken ? [0, 0] : [score?.passing ?? 0, score?.policies ?? 0];
        return percentOf({ passing, of, broken: score?.broken ?? false });
      }),
    })),
    ...(next !== undefined && { continuationToken: next }),
  };
}

/** The scores of the policies of each severity, over the stacks that the caller may read. */
export async function readSeverityScores(ctx: OrgCtx): Promise<ScoreTable> {
  const columns = await columnsOf(ctx);
  const scores = await listScores(ctx.db, { ...callerOf(ctx), by: "severity" });
  const rows = SEVERITIES.filter((severity) => scores.some(({ name }) => name === severity)).map((severity) => ({
    name: severity || "none",
    percents: columns.map((pack) => {
      const score = scores.find((one) => one.name === severity && one.pack === pack);
      return percentOf(score && { passing: score.passing, of: score.policies, broken: score.broken > 0 });
    }),
  }));
  return { columns, rows };
}

async function columnsOf(ctx: OrgCtx): Promise<string[]> {
  const enabled = await listEnabledPacks(ctx.db, ctx.org.id, "preventative");
  return [...new Set([...enabled, ...(await listScoredPacks(ctx.db, callerOf(ctx)))])].sort();
}

const callerOf = ({ actor, org }: OrgCtx) => ({ actor, organizationId: org.id });

/**
 * A page of the scores, by what is asked for.
 *
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readScores(
  ctx: OrgCtx,
  { by, continuationToken }: { by: ScoreGrouping; continuationToken?: string | undefined },
): Promise<{ scores: Score[]; continuationToken: string | undefined }> {
  const after = readCursor(continuationToken, 2);
  const rows = await listScores(ctx.db, { ...callerOf(ctx), by, after, limit: PAGE + 1 });
  const { page: scores, ...next } = pageOf(rows, PAGE, ({ name, pack }) => [name, pack]);
  return { scores, ...next };
}

/** Policies with their groups, and how many there are. */
export async function readPolicyScores(
  ctx: OrgCtx,
  wish: { where: Condition<PolicyFilterField>; sort: Sort<PolicySortField>; rows: Rows },
) {
  const wanted = { ...callerOf(ctx), ...wish };
  const policies = await listPolicyRows(ctx.db, wanted);
  return { policies, count: policies[0]?.all ?? (wish.rows.start > 0 ? await countPolicyRows(ctx.db, wanted) : 0) };
}

export function readScoreTotals(ctx: OrgCtx) {
  return readTotals(ctx.db, callerOf(ctx));
}
