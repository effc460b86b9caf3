import { type JudgedStack, listJudgedStacks } from "../../actions/list-judged-stacks.ts";
import { listToldActivity, readToldActivity, type ToldActivity } from "../../actions/read-activity.ts";
import { readResources } from "../../state/index.ts";
import { readEventsWith, readRun } from "../../updates/index.ts";
import { eventsReply } from "../events-reply.ts";
import { userInfo } from "../pulumi/shapes.ts";
import { ChangesReply, type Handlers } from "../route.ts";

export const stackActivityHandlers = {
  "GET /api/quillon/orgs/{orgName}/stacks": async (ctx, { query }) => {
    const { stacks, continuationToken } = await listJudgedStacks(ctx, query);
    return { stacks: stacks.map(judgedOf), ...(continuationToken && { continuationToken }) };
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates": async (ctx, { query }) => {
    const { runs, continuationToken } = await listToldActivity(ctx, query.continuationToken);
    return { updates: runs.map(activityOf), ...(continuationToken && { continuationToken }) };
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}": async (ctx, { params }) =>
    activityOf(await readToldActivity(ctx, params.updateID)),
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/events": async (
    ctx,
    { params, query },
  ) => {
    const { id: update } = await readRun(ctx, params.updateID);
    const from = Number(query.continuationToken ?? 0);
    return eventsReply(await readEventsWith(ctx, { update, from, payload: query.payload }));
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/changes": async ({ stack }, { headers }) =>
    new ChangesReply(stack, headers["last-event-id"]?.toString()),
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/resources": async (ctx, { query }) => {
    const start = Number(query.continuationToken ?? 0);
    const { resources, total } = await readResources(ctx, start);
    const next = start + resources.length;
    return {
      resources: resources.map(({ pendingDelete, ...resource }) => ({
        ...resource,
        ...(pendingDelete && { pendingDelete: true as const }),
      })),
      total,
      ...(next < total && { continuationToken: String(next) }),
    };
  },
} satisfies Partial<Handlers>;

function judgedOf({ name, lastUpdate, resourceCount, severity, ...judged }: JudgedStack) {
  const { project, findings, passingPolicies, exceptedPolicies, policies, blocked, brokenPacks } = judged;
  return {
    project,
    stack: name,
    ...(lastUpdate instanceof Date && { lastUpdate: lastUpdate.toISOString() }),
    running: lastUpdate === "running",
    ...(resourceCount !== undefined && { resourceCount }),
    findings,
    ...(severity && { severity }),
    passingPolicies,
    exceptedPolicies,
    policies,
    blocked,
    brokenPacks,
  };
}

function activityOf(run: ToldActivity) {
  const { id, login, name, startedAt, endedAt, resourceChanges, resourceCount, receipt, at: _, ...shown } = run;
  return {
    updateID: id,
    ...shown,
    ...(login !== null && { requestedBy: userInfo({ login, name: name ?? "" }) }),
    startedAt: startedAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(resourceChanges && { resourceChanges }),
    ...(resourceCount !== null && { resourceCount }),
    ...(receipt && { receipt }),
  };
}
