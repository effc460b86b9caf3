import { readFindingHeatmap, triageFindings } from "../../findings/index.ts";
import type { Handlers } from "../route.ts";

export const findingHandlers = {
  "POST /api/quillon/orgs/{orgName}/findings/triage": async (ctx, { body: { ids, ...triage } }) => ({
    changed: (await triageFindings(ctx, ids, triage)).length,
  }),
  "GET /api/quillon/orgs/{orgName}/findings/heatmap": (ctx) => readFindingHeatmap(ctx),
} satisfies Partial<Handlers>;
