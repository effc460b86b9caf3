import { fail } from "@quillon/contract";
import type { OrgCtx, StackCtx, UserCtx } from "../context.ts";
import { hasProject, listStackSummaries, type Place, readStack, type StackFilter } from "./queries.ts";
import { titleOf } from "./title.ts";
import { unixSeconds } from "./unix-seconds.ts";

const PAGE = 500;

/** The stack, its tags, and the update that holds it while its lease is alive. */
export async function describeStack(ctx: StackCtx) {
  const { db, org, stack } = ctx;
  const row = await readStack(db, stack.id);
  if (!row) throw fail("stack_not_found", { stack: titleOf(ctx) });
  return {
    id: stack.id,
    orgName: org.name,
    projectName: stack.project,
    stackName: stack.name,
    ...(row.live && {
      currentOperation: { kind: row.kind ?? "update", author: row.author ?? "", started: unixSeconds(row.started) },
    }),
    activeUpdate: row.lastUpdateId ?? "",
    tags: row.tags,
    version: row.version,
  };
}

/** One page of the stacks that the caller may read; the token of the next is there when there is one. */
export async function listStacks(
  ctx: UserCtx,
  { continuationToken, ...filter }: StackFilter & { continuationToken?: string },
) {
  const after = continuationToken ? parsePlace(continuationToken) : undefined;
  const rows = await listStackSummaries(ctx.db, { actor: ctx.actor, filter, after, limit: PAGE + 1 });
  const page = rows.slice(0, PAGE);
  const last = rows.length > PAGE ? page.at(-1) : undefined;
  return {
    stacks: page.map(({ id, orgName, project, name, lastUpdate, resourceCount }) => ({
      id,
      orgName,
      projectName: project,
      stackName: name,
      ...(lastUpdate && { lastUpdate: unixSeconds(lastUpdate) }),
      ...(resourceCount !== null && { resourceCount }),
    })),
    ...(last && { continuationToken: writePlace([last.orgName, last.project, last.name]) }),
  };
}

/** @throws project_not_found when it has no stack that the caller may read. */
export async function requireProject(ctx: OrgCtx, project: string): Promise<void> {
  if (!(await hasProject(ctx, project))) throw fail("project_not_found", { project });
}

export function writePlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** @throws invalid_input when the token is not one that `writePlace` made. */
export function parsePlace(token: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === "string")) {
      return place as unknown as Place;
    }
  } catch {}
  throw fail("invalid_input", { where: "continuationToken", problem: "it is not one that this server gave out" });
}
