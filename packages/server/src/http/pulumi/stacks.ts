import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { newError } from "@quillon/contract";
import { removeTag, replaceTags, setTag } from "../../actions/change-tags.ts";
import { createStack } from "../../actions/create-stack.ts";
import { deleteStack } from "../../actions/delete-stack.ts";
import { importState } from "../../actions/import-state.ts";
import { listStacks, type StackSummary } from "../../actions/list-stacks.ts";
import { describeStack } from "../../actions/read-stack.ts";
import { renameStack } from "../../actions/rename-stack.ts";
import type { UserCtx } from "../../context.ts";
import { requireProject } from "../../stacks/index.ts";
import { exportState, exportVersion } from "../../state/index.ts";
import { readDeployment, readHistory, readPreviews } from "../../updates/index.ts";
import { type Handlers, type Input, jsonReply, listReply, RawReply } from "../route.ts";
import { sentState } from "./sent-state.ts";
import { linksTo, unixSeconds } from "./shapes.ts";
import { deploymentOf, previewOf, updateInfoOf } from "./update-info.ts";

const PREVIEWS = 10;

export const stackHandlers = {
  "GET /api/user/stacks": async (ctx, { query }) => {
    const { stacks, continuationToken } = await listStacks(ctx, query);
    return { stacks: stacks.map((stack) => summaryOf(ctx, stack)), ...(continuationToken && { continuationToken }) };
  },
  "HEAD /api/stacks/{orgName}/{projectName}": async (ctx, { params }) => {
    await requireProject(ctx, params.projectName);
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}": async (ctx, { params, body, raw, span }) => {
    if (body.config || body.createManagedEnvironment) throw newError("stack_environment_unsupported", {});
    const place = span.members.get("state");
    const state = body.state && place && sentState(body.state, { raw, span: place });
    const { stackName: name, tags = {}, teams = [] } = body;
    await createStack(ctx, { project: params.projectName, name, tags, teams, state });
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}": async (ctx) => stackOf(ctx.org, await describeStack(ctx)),
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}": async (ctx, { query }) => {
    await deleteStack(ctx, query.force ?? false);
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/rename": async (ctx, { body }) => {
    return { updateId: (await renameStack(ctx, body)) ?? "" };
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/tags": async (ctx, { body }) => {
    await replaceTags(ctx, body);
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/tags": async (ctx) => (await describeStack(ctx)).tags,
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/tags": async (ctx, { body }) => {
    await setTag(ctx, body);
    return {};
  },
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}/tags/{tagName}": async (ctx, { params }) => {
    await removeTag(ctx, params.tagName);
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export": async (ctx, { headers }) =>
    sendState(() => exportState(ctx), headers),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export/{version}": async (ctx, { params, headers }) =>
    sendState(() => exportVersion(ctx, Number(params.version)), headers),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/import": async (ctx, { body, raw, span }) => ({
    updateId: await importState(ctx, sentState(body, { raw, span })),
  }),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates": async (ctx, { query }) =>
    listReply("updates", readHistory(ctx, query), updateInfoOf),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest": async (ctx) =>
    jsonReply(deploymentOf(await readDeployment(ctx))),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest/previews": async (ctx, { query }) => {
    const { asc: ascending = true, pageSize = PREVIEWS, page = 1 } = query;
    const { previews, total } = await readPreviews(ctx, { pageSize, page, ascending });
    return listReply("updates", previews, previewOf, { itemsPerPage: pageSize, total });
  },
} satisfies Partial<Handlers>;

function summaryOf(ctx: UserCtx, { id, organization, project, name, lastUpdate, resourceCount }: StackSummary) {
  return {
    id,
    orgName: organization,
    projectName: project,
    stackName: name,
    // The CLI says "in progress" for 0:
    // https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/cmd/pulumi/stack/stack_ls.go#L323
    ...(lastUpdate && { lastUpdate: lastUpdate === "running" ? 0 : unixSeconds(lastUpdate) }),
    ...(resourceCount !== undefined && { resourceCount }),
    links: linksTo(ctx, organization, project, name),
  };
}

function stackOf(org: { name: string }, stack: Awaited<ReturnType<typeof describeStack>>) {
  const { holder } = stack;
  return {
    id: stack.id,
    orgName: org.name,
    projectName: stack.project,
    stackName: stack.name,
    ...(holder && {
      currentOperation: { kind: holder.kind, author: holder.author ?? "", started: unixSeconds(holder.started) },
    }),
    activeUpdate: stack.lastUpdateId ?? "",
    tags: stack.tags,
    version: stack.version,
  };
}

/**
 * States are stored with gzip and sent so to every client that accepts gzip. The CLI does:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L318
 */
function sendState(gzipped: () => Promise<Readable>, headers: Input<unknown>["headers"]): RawReply {
  const type = { "content-type": "application/json; charset=utf-8", vary: "accept-encoding" };
  return acceptsGzip(headers["accept-encoding"])
    ? new RawReply(gzipped, { ...type, "content-encoding": "gzip" })
    : new RawReply(async () => (await gzipped()).compose(createGunzip()), type);
}

function acceptsGzip(accepted: string | string[] | undefined): boolean {
  return /(^|,)\s*(x-)?gzip\s*(;\s*q=(1|0?\.0*[1-9]).*)?(,|$)/i.test(String(accepted ?? ""));
}
