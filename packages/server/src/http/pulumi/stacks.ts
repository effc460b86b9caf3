import { fail } from "@quillon/contract";
import { membersOf } from "../../json/span.ts";
import { describeStack, listStacks, requireProject, setTags } from "../../stacks/index.ts";
import { exportState, exportVersion, unpack } from "../../state/index.ts";
import { deleteStack, importState, initStack, readHistory, readLatest, renameStack } from "../../updates/index.ts";
import { type Handlers, type Input, Raw } from "../route.ts";

export const stackHandlers = {
  "GET /api/user/stacks": (ctx, { query }) => listStacks(ctx, query),
  "HEAD /api/stacks/{orgName}/{projectName}": async (ctx, { params }) => {
    await requireProject(ctx, params.projectName);
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}": async (ctx, { params, body, raw }) => {
    if (body.config !== undefined && body.config !== null) {
      throw fail("bad_request", {
        problem: "Configuration kept in an ESC environment is not supported: keep it in Pulumi.<stack>.yaml.",
      });
    }
    const text = membersOf(raw).get("state");
    const state = body.state && text && { text, value: body.state };
    const { stackName: name, tags = {}, teams = [] } = body;
    await initStack(ctx, { project: params.projectName, name, tags, teams, state });
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}": (ctx) => describeStack(ctx),
  "DELETE /api/stacks/{orgName}/{projectName}/{stackName}": async (ctx, { query }) => {
    await deleteStack(ctx, query.force ?? false);
    return {};
  },
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/rename": async (ctx, { body }) => {
    await renameStack(ctx, body);
    return {};
  },
  "PATCH /api/stacks/{orgName}/{projectName}/{stackName}/tags": async (ctx, { body }) => {
    await setTags(ctx.db, ctx.stack.id, body);
    return {};
  },
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export": async (ctx, { headers }) =>
    answerState(await exportState(ctx), headers),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/export/{version}": async (ctx, { params, headers }) =>
    answerState(await exportVersion(ctx, Number(params.version)), headers),
  "POST /api/stacks/{orgName}/{projectName}/{stackName}/import": async (ctx, { body, raw }) => ({
    updateId: await importState(ctx, { text: raw, value: body }),
  }),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates": async (ctx, { query }) => ({
    updates: await readHistory(ctx, query),
  }),
  "GET /api/stacks/{orgName}/{projectName}/{stackName}/updates/latest": async (ctx) => ({
    info: await readLatest(ctx),
  }),
} satisfies Partial<Handlers>;

/** A stored state goes out as it lies there, packed, to every client that can unpack it. */
async function answerState(packed: Buffer, headers: Input<unknown>["headers"]): Promise<Raw> {
  const type = { "content-type": "application/json; charset=utf-8", vary: "accept-encoding" };
  return takesGzip(headers["accept-encoding"])
    ? new Raw(packed, { ...type, "content-encoding": "gzip" })
    : new Raw(await unpack(packed), type);
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  return /(^|,)\s*(x-)?gzip\s*(;\s*q=(1|0?\.0*[1-9]).*)?(,|$)/i.test(String(accepted ?? ""));
}
