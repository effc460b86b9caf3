import { randomUUID } from "node:crypto";
import { newError, type Tags } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import { type OrgCtx, type StackCtx, type StackRef, transaction } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { announce, stackKind } from "../notify/index.ts";
import { newDataKey } from "../secrets/index.ts";
import { type Elsewhere, insertStack, nameInOrg, qualifiedName, requireWithin, setGrant } from "../stacks/index.ts";
import { compressState, type SentState, store } from "../state/index.ts";
import { requireTeam } from "../teams/index.ts";
import { recordFirstState } from "./record-state.ts";

export interface NewStack {
  project: string;
  name: string;
  tags: Tags;
  /** Names of the teams that may read and update it, as `pulumi stack init --teams` asks. */
  teams: readonly string[];
  /** The CLI sends a first state when the stack has its own secrets provider. */
  state: SentState | undefined;
  /** Its place in the backend that has its state, if that is not here. */
  elsewhere?: Elsewhere;
}

/**
 * Makes a stack that the caller administers, with its own key for its secrets.
 *
 * @throws forbidden when the caller's token is limited to other projects; stack_exists, team_not_found, invalid_deployment
 */
export async function createStack(
  ctx: OrgCtx,
  { project, name, tags, teams, state, elsewhere }: NewStack,
): Promise<StackRef> {
  requireWithin(ctx, project);
  const first = state && (await store(ctx, compressState(state)));
  return transaction(ctx, async (tx) => {
    const { db, keys, org, actor } = tx;
    const stack = { id: randomUUID(), project, name };
    const dataKey = newDataKey(keys, stack.id);
    const made = await insertStack(db, {
      ...{ ...stack, organizationId: org.id, tags, dataKey },
      ...{ createdBy: actor.userId, elsewhere },
    });
    if (!made) throw newError("stack_exists", { stack: qualifiedName({ org, stack }) });
    await recordAudit(tx, {
      event: "Stack Created",
      description: `Stack ${nameInOrg(stack)}`,
      after: writeJson({ project, stack: name, tags, teams: [...new Set(teams)], ...(elsewhere && { elsewhere }) }),
    });
    await announce({ ...tx, stack }, stackKind, { action: "created" });
    for (const team of new Set(teams)) {
      await setGrant(tx, { teamId: (await requireTeam(tx, team)).id, stackId: stack.id, permission: "write" });
    }
    if (first) await recordFirstState({ ...tx, stack } satisfies StackCtx, first);
    return stack;
  });
}
