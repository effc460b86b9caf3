import { percentOf, readDays, readScores, type Score, type ScoredDay } from "../../findings/index.ts";
import type { Handlers } from "../route.ts";

export const complianceHandlers = {
  "GET /api/quillon/orgs/{orgName}/compliance": async (ctx, { query }) => {
    const { by = "stack", continuationToken: token } = query;
    const { scores, continuationToken } = await readScores(ctx, { by, continuationToken: token });
    const ofPolicies = by === "severity" || by === "framework";
    return {
      scores: scores.map((score) => ({ ...scoreOf(score), ...(!ofPolicies && resourcesOf(score)) })),
      ...(continuationToken && { continuationToken }),
    };
  },
  "GET /api/quillon/orgs/{orgName}/compliance/days": async (ctx, { query }) => {
    const { days, resources, changes } = await readDays(ctx, query);
    return {
      days: days.map(dayOf),
      resources: resources.map(({ day, clean, governed }) => ({
        day,
        cleanResources: clean,
        governedResources: governed,
      })),
      changes,
    };
  },
} satisfies Partial<Handlers>;

function dayOf({ day, stacks, pack, tags, passing, policies, excepted, ...resources }: ScoredDay) {
  return {
    day,
    stacks,
    policyPack: pack,
    policyPackTags: tags,
    passingPolicies: passing,
    policies,
    exceptedPolicies: excepted,
    score: percentOf({ passing, of: policies }),
    ...resourcesOf(resources),
  };
}

function scoreOf(score: Score) {
  const { name, pack, tags, evaluated, stacks, stale, broken, passing, policies, notExercised, excepted } = score;
  return {
    name,
    policyPack: pack,
    policyPackTags: tags,
    ...(evaluated && { evaluatedAt: evaluated.toISOString() }),
    stacks,
    staleStacks: stale,
    brokenStacks: broken,
    passingPolicies: passing,
    policies,
    exceptedPolicies: excepted,
    notExercised,
    score: percentOf({ passing, of: policies, broken: broken > 0 }),
  };
}

function resourcesOf({ clean, governed, exceptedResources }: Pick<Score, "clean" | "governed" | "exceptedResources">) {
  return {
    cleanResources: clean,
    governedResources: governed,
    exceptedResources,
    resourceScore: percentOf({ passing: clean, of: governed }),
  };
}
