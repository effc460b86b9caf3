import { readOverview, readOverviewStacks } from "../../actions/read-overview.ts";
import type { Handlers } from "../route.ts";

type Overview = Awaited<ReturnType<typeof readOverview>>;

export const overviewHandlers = {
  "GET /api/quillon/orgs/{orgName}/overview": async (ctx) => {
    const { blocked, findings, stacks, scores, projects, failingPacks, receipts } = await readOverview(ctx);
    return {
      blocked: { ...blocked, runs: blocked.runs.map(runOf) },
      findings,
      stacks,
      scores: {
        passingPolicies: scores.passing,
        policies: scores.policies,
        exceptedPolicies: scores.excepted,
        cleanResources: scores.clean,
        governedResources: scores.governed,
      },
      worstProjects: projectsOf(projects),
      failingPacks: failingPacks.map(({ pack, stacks }) => ({ policyPack: pack, failingStacks: stacks })),
      receipts: { incomplete: receipts.get("incomplete") ?? 0, missing: receipts.get("missing") ?? 0 },
    };
  },
  "GET /api/quillon/orgs/{orgName}/overview/stacks": async (ctx, { query }) => {
    const { stacks, continuationToken } = await readOverviewStacks(ctx, query);
    return {
      stacks: stacks.map(({ project, stack, evaluated, stale }) => ({
        project,
        stack,
        ...(evaluated && { evaluatedAt: evaluated.toISOString() }),
        stalePacks: stale,
      })),
      ...(continuationToken && { continuationToken }),
    };
  },
} satisfies Partial<Handlers>;

function runOf({ update, lastSeen, ...run }: Overview["blocked"]["runs"][number]) {
  return { ...run, updateID: update, lastSeenAt: new Date(lastSeen).toISOString() };
}

/** @param rows those of a project follow each other. */
function projectsOf(rows: Overview["projects"]) {
  const projects: { project: string; packs: ReturnType<typeof packOf>[] }[] = [];
  for (const row of rows) {
    const last = projects.at(-1);
    if (last?.project === row.project) last.packs.push(packOf(row));
    else projects.push({ project: row.project, packs: [packOf(row)] });
  }
  return projects;
}

function packOf({ pack, passing, policies, excepted, stacks, broken }: Overview["projects"][number]) {
  return {
    policyPack: pack,
    passingPolicies: passing,
    policies,
    exceptedPolicies: excepted,
    stacks,
    brokenStacks: broken,
  };
}
