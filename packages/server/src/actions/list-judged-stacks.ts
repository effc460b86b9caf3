import type { OrgCtx } from "../context.ts";
import { listGoverned } from "../enforcement/index.ts";
import {
  type Compliance,
  countBlockedOf,
  countOpenFindings,
  isCompliance,
  listScoresOf,
  ungoverned,
} from "../findings/index.ts";
import type { StackFilter } from "../stacks/index.ts";
import { listStacks, type StackSummary } from "./list-stacks.ts";

/** As many as a browser draws at once without a noticeable wait. */
const PAGE = 100;

/** Of the packs that the stack had to run. */
interface Scores {
  passingPolicies: number;
  exceptedPolicies: number;
  policies: number;
  brokenPacks: number;
}

/** A stack with what is found of it. */
export interface JudgedStack extends StackSummary, Scores {
  findings: number;
  severity: string | undefined;
  /** How many mandatory violations stop its next update. */
  blocked: number;
}

/** One page of the organization's stacks that the caller may read, in the order of their names. @throws invalid_input */
export async function listJudgedStacks(
  ctx: OrgCtx,
  {
    compliance,
    ...wanted
  }: Omit<StackFilter, "organization" | "where"> & { compliance?: Compliance; continuationToken?: string },
): Promise<{ stacks: JudgedStack[]; continuationToken: string | undefined }> {
  const governs = compliance === "ungoverned" || compliance === "stale";
  const where = compliance && isCompliance(compliance, governs ? await listGoverned(ctx) : ungoverned);
  const { stacks, continuationToken } = await listStacks(ctx, { ...wanted, where, organization: ctx.org.name }, PAGE);
  const ids = stacks.map(({ id }) => id);
  const open = await countOpenFindings(ctx.db, ids);
  const blocked = await countBlockedOf(ctx, ids);
  const scores = new Map<string, Scores>();
  for (const { stackId, ...score } of await listScoresOf(ctx.db, ids))
    scores.set(stackId, addTo(scores.get(stackId) ?? none, score));
  return {
    stacks: stacks.map((stack) => ({
      ...stack,
      findings: open.get(stack.id)?.count ?? 0,
      severity: open.get(stack.id)?.severity || undefined,
      blocked: blocked.get(stack.id) ?? 0,
      ...(scores.get(stack.id) ?? none),
    })),
    continuationToken,
  };
}

const none: Scores = { passingPolicies: 0, exceptedPolicies: 0, policies: 0, brokenPacks: 0 };

function addTo(sum: Scores, pack: { passing: number; excepted: number; policies: number; broken: boolean }): Scores {
  if (pack.broken) return { ...sum, brokenPacks: sum.brokenPacks + 1 };
  return {
    ...sum,
    passingPolicies: sum.passingPolicies + pack.passing,
    exceptedPolicies: sum.exceptedPolicies + pack.excepted,
    policies: sum.policies + pack.policies,
  };
}
