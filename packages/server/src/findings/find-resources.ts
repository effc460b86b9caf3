import type { OrgCtx } from "../context.ts";
import { findStack, listReadableIfFew, readsAll } from "../stacks/index.ts";
import { type FoundResource, findResourcesByUrn, findResourcesOf, findResourcesOfFew } from "./resource-queries.ts";

/** Of so many stacks all resources are looked at. */
const FEW = 100;

/**
 * Resources of stacks that the caller may read: whose name begins like the text, whose type has it, or whose URN begins like it. Only those
 * that are deployed and that a policy pack has evaluated are known. A text that is the beginning of a URN must name the stack and its project.
 */
export async function findResources(
  ctx: OrgCtx,
  { text, limit }: { text: string; limit: number },
): Promise<{ resources: FoundResource[]; leftOut: boolean }> {
  const { db, org, actor } = ctx;
  const [, name, project] = /^urn:pulumi:(.+?)::(.+?)::/i.exec(text) ?? [];
  if (name !== undefined && project !== undefined) {
    const found = await findStack(ctx, { project, name });
    const urns = found ? await findResourcesByUrn(db, { stackId: found.stack.id, text, limit }) : [];
    return { resources: urns.map((urn) => ({ project, stack: name, urn })), leftOut: false };
  }
  const stackIds = await listReadableIfFew(ctx, FEW);
  if (stackIds !== "many") {
    const found = await findResourcesOfFew(db, { stackIds, text, limit });
    if (!found.leftOut) return found;
  }
  return findResourcesOf(db, { organizationId: org.id, reader: readsAll(ctx) ? undefined : actor, text, limit });
}
