import { newError, type StackPermission } from "@quillon/contract";
import { recordAudit } from "../audit/index.ts";
import type { TeamCtx, Tx } from "../context.ts";
import { writeJson } from "../json/write.ts";
import { covers } from "../people/index.ts";
import { findStack, hasGrant, nameInOrg, qualifiedName, setGrant } from "../stacks/index.ts";
import { changeTeamMember, type MemberAction, setTeamTexts } from "../teams/index.ts";
import { changeRights } from "./change-rights.ts";

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
  return changeRights(ctx, async (tx) => {
    const { displayName, description, member, grant, regrant, revoke } = edit;
    await changeTexts(tx, { displayName, description });
    if (member) await changeTeamMember(tx, member);
    if (grant) await give(tx, grant, grant.permission);
    if (regrant) await changeGrant(tx, regrant, regrant.permission);
    if (revoke) await changeGrant(tx, revoke, "none");
  });
}

async function changeTexts(tx: Tx<TeamCtx>, texts: Pick<TeamEdit, "displayName" | "description">): Promise<void> {
  if (texts.displayName === undefined && texts.description === undefined) return;
  await setTeamTexts(tx.db, tx.team.id, texts);
  await recordAudit(tx, { event: "Team Updated", description: `Team ${tx.team.name}`, after: writeJson(texts) });
}

async function give(tx: Tx<TeamCtx>, stack: StackAddress, permission: StackPermission): Promise<void> {
  await setGrant(tx, { teamId: tx.team.id, stackId: await requireAdministered(tx, stack), permission });
  await recordGrant(tx, stack, permission);
}

async function recordGrant(tx: Tx<TeamCtx>, stack: StackAddress, permission: StackPermission): Promise<void> {
  await recordAudit(tx, {
    event: "Team Stack Permission Changed",
    description: `Team ${tx.team.name}: ${permission} on stack ${nameInOrg(stack)}`,
    after: writeJson({ team: tx.team.name, project: stack.project, stack: stack.name, permission }),
  });
}

async function changeGrant(tx: Tx<TeamCtx>, stack: StackAddress, permission: StackPermission): Promise<void> {
  const of = { teamId: tx.team.id, stackId: await requireAdministered(tx, stack) };
  if (!(await hasGrant(tx.db, of))) throw refuse(tx, "no_permission", stack);
  await setGrant(tx, { ...of, permission });
  await recordGrant(tx, stack, permission);
}

/** The id of a stack that the caller administers. One that they may not read looks as if it did not exist. */
async function requireAdministered(tx: Tx<TeamCtx>, stack: StackAddress): Promise<string> {
  const found = await findStack(tx, stack);
  if (!found) throw refuse(tx, "stack_not_found", stack);
  if (!covers(found.permission, "admin")) {
    throw newError("forbidden", { problem: "stack_in_body", stack: qualifiedName({ org: tx.org, stack }) });
  }
  return found.stack.id;
}

function refuse({ org, team }: TeamCtx, problem: "no_permission" | "stack_not_found", stack: StackAddress) {
  return newError("team_edit_refused", { problem, team: team.name, stack: qualifiedName({ org, stack }) });
}
