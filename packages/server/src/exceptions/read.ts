import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { hasAccess } from "../people/index.ts";
import { listReadableUnlessAll } from "../stacks/index.ts";
import { readExceptionId } from "./exception.ts";
import { type ExceptionOrder, type ListedException, listExceptions, shownException } from "./list-queries.ts";
import { type ExceptionRequestRow, listRequests } from "./request-queries.ts";
import { notesOf, type StackNotes } from "./stack-notes.ts";

const PAGE = 100;

export interface ExceptionQuery {
  pack?: string | undefined;
  policy?: string | undefined;
  /** As `project/stack`. */
  stack?: string | undefined;
  active?: boolean | undefined;
  /** Only those that end within so many hours. */
  endingWithin?: number | undefined;
  /** Only those that no run has needed for so many hours. */
  unusedFor?: number | undefined;
  order?: ExceptionOrder | undefined;
  continuationToken?: string | undefined;
  size?: number | undefined;
}

/**
 * One page of the exceptions that the caller may see, newest first, unless another order is asked for.
 *
 * @throws invalid_input for a continuation token that this server did not give out.
 */
export async function readExceptions(
  ctx: OrgCtx,
  { stack, continuationToken, size = PAGE, ...query }: ExceptionQuery,
): Promise<{ exceptions: ListedException[]; continuationToken: string | undefined }> {
  const rows = await listExceptions(ctx.db, {
    organizationId: ctx.org.id,
    ...query,
    stack: stack === undefined ? undefined : partsOf(stack),
    readable: await readableOf(ctx),
    after: readCursor(continuationToken, 2, /^\d{1,18}$/),
    limit: size + 1,
  });
  const page = rows.slice(0, size);
  const last = (rows[0]?.found ?? 0) > page.length ? page.at(-1) : undefined;
  return {
    exceptions: page.map(shownException),
    continuationToken: last && writeCursor([String(last.number), last.end]),
  };
}

/** @throws exception_not_found */
export async function readException(ctx: OrgCtx, id: string): Promise<ListedException> {
  const number = readExceptionId(id);
  const wanted = { organizationId: ctx.org.id, number, readable: await readableOf(ctx), limit: 1 };
  const [found] = number === undefined ? [] : await listExceptions(ctx.db, wanted);
  if (!found) throw newError("exception_not_found", { id, organization: ctx.org.name });
  return shownException(found);
}

/** Policy managers decide on exceptions, so they see all of them whole. */
function readableOf(ctx: OrgCtx): Promise<string[] | undefined> | undefined {
  return hasAccess("org:policy", { role: ctx.org.role }) ? undefined : listReadableUnlessAll(ctx, { removed: false });
}

/** An exception with what is said of it beside Pulumi's API. */
export interface WholeException extends ListedException {
  /** The request that it was made with. Null for one that was made at once. */
  request: ExceptionRequestRow | null;
  notes: StackNotes;
}

/** Whoever sees an exception also sees who agreed to it, and why. @throws exception_not_found */
export async function readWhole(ctx: OrgCtx, id: string): Promise<WholeException> {
  const exception = await readException(ctx, id);
  const { requestId } = exception;
  const wanted = { organizationId: ctx.org.id, limit: 1 };
  const [request = null] = requestId ? await listRequests(ctx.db, { ...wanted, id: requestId }) : [];
  return { ...exception, request, notes: await notesOf(ctx, exception) };
}

function partsOf(stack: string): { project: string; name: string } {
  const [project = "", ...name] = stack.split("/");
  return { project, name: name.join("/") };
}
