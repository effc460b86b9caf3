import { type Prediction, readPredictions } from "../../findings/index.ts";
import type { Handlers } from "../route.ts";

export const predictionHandlers = {
  "GET /api/quillon/orgs/{orgName}/predictions": async (ctx, { query }) => {
    const { predictions, continuationToken } = await readPredictions(ctx, query);
    return { predictions: predictions.map(predictionOf), ...(continuationToken && { continuationToken }) };
  },
} satisfies Partial<Handlers>;

function predictionOf({
  pack,
  tag,
  policy,
  urn,
  firstSeen,
  lastSeen,
  exceptions,
  unapplied,
  update,
  key: _,
  ...prediction
}: Prediction) {
  return {
    ...prediction,
    policyPack: pack,
    policyPackTag: tag,
    policyName: policy,
    resourceURN: urn,
    blocked: prediction.level === "mandatory" && !exceptions,
    ...(exceptions && { exceptions }),
    ...(unapplied && { unappliedExceptions: unapplied }),
    updateID: update,
    firstSeenAt: firstSeen.toISOString(),
    lastSeenAt: lastSeen.toISOString(),
  };
}
