import { newError, normalBackend } from "@quillon/contract";
import type { OrgCtx, StackRef } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { type Elsewhere, listKnown } from "./elsewhere-queries.ts";

const PAGE = 500;

/** A stack as it is known here, and its names in the backend that has its state. */
export interface KnownStack extends StackRef {
  there: Pick<Elsewhere, "project" | "stack">;
  createdAt: Date;
}

/**
 * One page of the stacks that the caller may read and whose state is in the backend, in the order of their names there.
 *
 * @throws invalid_input
 */
export async function listElsewhere(
  { db, actor, org }: OrgCtx,
  { backend: said, continuationToken: token }: { backend: string; continuationToken?: string },
): Promise<{ stacks: KnownStack[]; continuationToken: string | undefined }> {
  const backend = normalBackend(said);
  if (backend === undefined) throw newError("invalid_input", { problem: "backend_url" });
  const after = readCursor(token, 2);
  const rows = await listKnown(db, { actor, organizationId: org.id, backend, after, limit: PAGE + 1 });
  const { page, continuationToken } = pageOf(rows, PAGE, ({ thereProject, thereStack }) => [thereProject, thereStack]);
  const stacks = page.map(({ thereProject: project, thereStack: stack, ...known }) => ({
    ...known,
    there: { project, stack },
  }));
  return { stacks, continuationToken };
}
