import { restoreStack } from "../../actions/restore-stack.ts";
import { listDeletedStacks } from "../../stacks/index.ts";
import type { Handlers } from "../route.ts";

export const deletedStackHandlers = {
  "GET /api/quillon/orgs/{orgName}/deleted-stacks": async (ctx, { query }) => {
    const { stacks, continuationToken } = await listDeletedStacks(ctx, query);
    return {
      stacks: stacks.map(({ id, project, name, deletedAt, deletedBy, until }) => ({
        id,
        project,
        stack: name,
        deleted: deletedAt.toISOString(),
        ...(deletedBy !== null && { deletedBy }),
        restorableUntil: until.toISOString(),
      })),
      ...(continuationToken && { continuationToken }),
    };
  },
  "POST /api/quillon/orgs/{orgName}/deleted-stacks/{stackId}/restore": async (ctx, { params }) => {
    const { project, name } = await restoreStack(ctx, params.stackId);
    return { project, stack: name };
  },
} satisfies Partial<Handlers>;
