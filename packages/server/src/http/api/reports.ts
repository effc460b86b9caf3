import type { ReportFormat } from "@quillon/contract";
import { writers } from "@quillon/report";
import {
  type Condition,
  type FoundResults,
  readField,
  readRunResults,
  reportFindings,
  reportRun,
} from "../../findings/index.ts";
import { type Handlers, type RawReply, streamReply } from "../route.ts";

export const reportHandlers = {
  "GET /api/quillon/orgs/{orgName}/findings/report": async (ctx, { query }) => {
    const [project, name, ...more] = query.stack?.split("/") ?? [];
    // Where there is no such stack, nothing is found.
    const stack = project && name && more.length === 0 ? { project, name } : undefined;
    const ofStack = query.stack === undefined ? [] : [equals("entityProject", stack?.project ?? "")];
    if (stack) ofStack.push(equals("entityId", stack.name));
    const wanted = {
      entityProject: query.project,
      policyPack: query.pack,
      policyName: query.policy,
      policyGroupName: query.group,
      status: query.status,
      severity: query.severity,
      priority: query.priority,
      assignedTo: query.assignee,
    };
    const all: Condition[] = Object.entries(wanted).flatMap(([field, values]) =>
      values === undefined ? [] : [{ any: [values].flat().map((value) => equals(field, value)) }],
    );
    return replyWith(await reportFindings(ctx, { where: { all: [...ofStack, ...all] }, stack }), query.format);
  },
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results": async (
    ctx,
    { params, query },
  ) => replyWith(await reportRun(ctx, params.updateID), query.format),
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/counts": async (
    ctx,
    { params },
  ) => (await reportRun(ctx, params.updateID)).head,
  "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results/list": async (
    ctx,
    { params, query: { by, pack, version, policy, continuationToken } },
  ) => {
    const of = policy === undefined ? undefined : { policy, pack: pack ?? "", tag: version ?? "" };
    const { results, next } = await readRunResults(ctx, params.updateID, {
      of,
      byResource: by === "resource",
      start: Number(continuationToken ?? 0),
    });
    return { results, ...(next !== undefined && { continuationToken: String(next) }) };
  },
} satisfies Partial<Handlers>;

const equals = (field: string, value: string) => ({ field: readField(field), value });

function replyWith({ head, results }: FoundResults, format: ReportFormat = "json"): Promise<RawReply> {
  const { contentType, order, write } = writers[format];
  return streamReply(write(head, results(order)), { contentType, item: (text) => text });
}
