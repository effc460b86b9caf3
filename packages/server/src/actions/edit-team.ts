import { newError, type StackPermission } from "@quillon/contract";
import { type TeamCtx, transaction } from "../context.ts";
import { covers } from "../people/index.ts";
import { findStack, hasGrant, qualifiedName, setGrant } from "../stacks/index.ts";
import { changeTeamMember, type MemberAction, setTeamTexts } from "../teams/index.ts";

/** A stack in the team's organization. */
export interface StackAddress {
  project: string;
  name: string;
}

export type StackGrant = StackAddress & { permission: StackPermission };

export interface TeamEdit {
  displayName?: string | undefined;
  description?: string | undefined;
  member?: { action: MemberAction; login: string } | undefined;
  /** Gives the team a stack, with this permission instead of any that it had. */
  grant?: StackGrant | undefined;
  /** Changes the permission on a stack that the team was given. */
  regrant?: StackGrant | undefined;
  /** Takes a stack away that the team was given. */
  revoke?: StackAddress | undefined;
}

/**
 * Changes a team: all of it or nothing. Only somebody who administers a stack may give it to a team or take it away.
 *
 * @throws team_edit_refused, forbidden, removed_meanwhile
 */
export function editTeam(ctx: TeamCtx, edit: TeamEdit): Promise<void> {
  return transaction(ctx, async (tx) => {
    const { displayName, description, member, grant, regrant, revoke } = edit;
    await setTeamTexts(tx.db, tx.team.id, {
      ...(displayName !== undefined && { display_name: displayName }),
      ...(description !== undefined && { description }),
    });
    if (member) await changeTeamMember(tx, member);
    if (grant) await give(tx, grant, grant.permission);
    if (regrant) await changeGrant(tx, regrant, regrant.permission);
    if (revoke) await changeGrant(tx, revoke, "none");
  });
}

async function give(tx: TeamCtx, stack: StackAddress, permission: StackPermission): Promise<void> {
  await setGrant(tx, { teamId: tx.team.id, stackId: await requireAdministered(tx, stack), permission });
}

async function changeGrant(tx: TeamCtx, stack: StackAddress, permission: StackPermission): Promise<void> {
  const of = { teamId: tx.team.id, stackId: await requireAdministered(tx, stack) };
  if (!(await hasGrant(tx.db, of))) throw refuse(tx, `it has no permission on stack ${nameOf(tx, stack)}`);
  await setGrant(tx, { ...of, permission });
}

/** The id of a stack that the caller administers. One that they may not read looks as if it did not exist. */
async function requireAdministered(tx: TeamCtx, stack: StackAddress): Promise<string> {
  const found = await findStack(tx, stack);
  if (!found) throw refuse(tx, `stack ${nameOf(tx, stack)} does not exist`);
  if (!covers(found.permission, "admin")) {
    throw newError("forbidden", { need: `admin access to stack ${nameOf(tx, stack)}` });
  }
  return found.stack.id;
}

function nameOf({ org }: TeamCtx, stack: StackAddress): string {
  return qualifiedName({ org, stack });
}

function refuse({ team }: TeamCtx, problem: string) {
  return newError("team_edit_refused", { team: team.name, problem });
}
