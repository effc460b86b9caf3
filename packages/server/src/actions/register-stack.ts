import { newError, normalBackend, QuillonError } from "@quillon/contract";
import type { OrgCtx, StackRef } from "../context.ts";
import { type BroughtTags, requirementsOfNew } from "../enforcement/index.ts";
import { type Elsewhere, findElsewhere, findNamed, findStack, qualifiedName, requireWithin } from "../stacks/index.ts";
import { readResourceCounts } from "../state/index.ts";
import { createStack } from "./create-stack.ts";
import { decidePolicies } from "./create-update.ts";
import type { ExceptedPack } from "./excepted-packs.ts";

interface Registration extends Elsewhere {
  /** Its names here, if they can't be those that it has there. */
  as?: { project: string; stack: string } | undefined;
}

/**
 * Finds a stack whose state is in another backend by its place there, or makes it known. It keeps the names that it has here.
 *
 * @throws forbidden when the caller's token is limited to other projects; invalid_input, stack_name_taken, stack_name_free, stack_named_already, stack_not_found
 */
export async function registerStack(
  ctx: OrgCtx,
  registration: Registration,
): Promise<{ stack: StackRef; backend: string; made: boolean }> {
  const { as } = registration;
  const { place, wanted, known } = await findRegistered(ctx, registration);
  const { backend } = place;
  if (known) return { stack: known, backend, made: false };
  try {
    const stack = await createStack(ctx, { ...wanted, tags: {}, teams: [], state: undefined, elsewhere: place });
    return { stack, backend, made: true };
  } catch (error) {
    if (!(error instanceof QuillonError && error.id === "stack_exists")) throw error;
  }
  // Another run of the same stack may have made it known meanwhile.
  const meanwhile = await findKnown(ctx, place, as && wanted);
  if (meanwhile) return { stack: meanwhile, backend, made: false };
  throw newError("stack_name_taken", { stack: qualifiedName({ ...ctx, stack: wanted }), backend });
}

/**
 * What a run of the stack would be told that it must run, which makes nothing known.
 *
 * @returns it, and the stack's names here, or those that it would get.
 * @throws what `registerStack` throws, and required_policies_unknown
 */
export async function askRequired(
  ctx: OrgCtx,
  { tags, ...registration }: Registration & { tags: BroughtTags },
): Promise<{ stack: Pick<StackRef, "project" | "name">; required: ExceptedPack[] }> {
  const { place, wanted, known } = await findRegistered(ctx, registration);
  if (known) return { stack: known, required: (await decidePolicies({ ...ctx, stack: known }, tags)).required };
  if (await findNamed(ctx.db, ctx.org.id, wanted))
    throw newError("stack_name_taken", { stack: qualifiedName({ ...ctx, stack: wanted }), backend: place.backend });
  const required = await requirementsOfNew(ctx, wanted, tags);
  return { stack: wanted, required: required.map((pack) => ({ ...pack, exceptions: [], unapplied: [] })) };
}

/** @returns the stack, if it is known, and the names that it would get otherwise. */
async function findRegistered(
  ctx: OrgCtx,
  { as, ...given }: Registration,
): Promise<{ place: Elsewhere; wanted: Pick<StackRef, "project" | "name">; known: StackRef | undefined }> {
  const backend = normalBackend(given.backend);
  if (backend === undefined) throw newError("invalid_input", { problem: "backend_url" });
  const place = { ...given, backend };
  const wanted = { project: as?.project ?? place.project, name: as?.stack ?? place.stack };
  for (const { project } of [place, wanted]) requireWithin(ctx, project);
  const known = await findKnown(ctx, place, as && wanted);
  if (!known && as) await requireTaken(ctx, place, wanted);
  return { place, wanted, known };
}

/** @throws stack_not_found when the caller may not read it, stack_named_already when they call it otherwise. */
async function findKnown(
  ctx: OrgCtx,
  place: Elsewhere,
  wanted: Pick<StackRef, "project" | "name"> | undefined,
): Promise<StackRef | undefined> {
  const stack = await findElsewhere(ctx.db, ctx.org.id, place);
  if (!stack) return undefined;
  const { backend } = place;
  // Its name here is not said, because it may be another one.
  if (!(await findStack(ctx, stack)))
    throw newError("stack_not_found", { stack: `${place.stack} of project ${place.project} in ${backend}` });
  const known = qualifiedName({ ...ctx, stack });
  if (wanted && (wanted.project !== stack.project || wanted.name !== stack.name)) {
    throw newError("stack_named_already", { stack: qualifiedName({ ...ctx, stack: wanted }), known, backend });
  }
  return stack;
}

/**
 * Selectors of policy groups go by names, so another name could be a way past them. It is for whoever can't have their own. A stack without
 * resources does not count, because it may have been made only to take the name.
 *
 * @throws stack_name_free
 */
async function requireTaken(
  ctx: OrgCtx,
  { project, stack: name, backend }: Elsewhere,
  wanted: Pick<StackRef, "project" | "name">,
): Promise<void> {
  if (project === wanted.project && name === wanted.name) return;
  const taken = await findNamed(ctx.db, ctx.org.id, { project, name });
  if (taken && (!taken.held || (await hasResources(ctx, taken.id)))) return;
  const problem = taken ? "empty" : "free";
  const own = qualifiedName({ ...ctx, stack: { project, name } });
  throw newError("stack_name_free", { problem, stack: qualifiedName({ ...ctx, stack: wanted }), own, backend });
}

async function hasResources({ db }: OrgCtx, stackId: string): Promise<boolean> {
  const counts = await readResourceCounts(db, [stackId]);
  return (counts.get(stackId) ?? 0) > 0;
}
