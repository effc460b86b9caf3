import { fail } from "@quillon/contract";
import { type TeamCtx, transaction } from "../context.ts";
import type { StackPermission } from "../db/schema.ts";
import { covers, findMember } from "../people/index.ts";
import { findStack, permissionOn, titleOf } from "../stacks/index.ts";
import { deleteTeamMember, hasGrant, insertTeamMember, setGrant, setTeamAdmin, setTexts } from "./queries.ts";
import { permissionNumbers } from "./read.ts";

interface StackAddress {
  projectName: string;
  stackName: string;
}

export type StackGrant = StackAddress & { permission: number | string };
export type MemberAction = "add" | "remove" | "promote" | "demote";

export interface TeamChange {
  newDisplayName?: string;
  newDescription?: string;
  memberAction?: MemberAction;
  member?: string;
  addStackPermission?: StackGrant;
  editStackPermission?: StackGrant;
  removeStack?: StackAddress;
  addEnvironmentPermission?: unknown;
  editEnvironmentPermission?: unknown;
  removeEnvironment?: unknown;
}

/**
 * Changes a team: all of it or nothing. Only who administers a stack may give it to a team or take it away.
 *
 * @throws team_edit_refused, forbidden
 */
export function editTeam(ctx: TeamCtx, change: TeamChange): Promise<void> {
  if (change.addEnvironmentPermission ?? change.editEnvironmentPermission ?? change.removeEnvironment) {
    throw refuse(ctx, "this server has no environments");
  }
  if ((change.member === undefined) !== (change.memberAction === undefined)) {
    throw refuse(ctx, "member and memberAction need each other");
  }
  return transaction(ctx, async (trx) => {
    await setTexts(trx.db, trx.team.id, {
      ...(change.newDisplayName !== undefined && { display_name: change.newDisplayName }),
      ...(change.newDescription !== undefined && { description: change.newDescription }),
    });
    if (change.member && change.memberAction) await changeMember(trx, change.memberAction, change.member);
    const { addStackPermission: add, editStackPermission: edit, removeStack: remove } = change;
    if (add) await grant(trx, add, permissionOf(add));
    if (edit) await regrant(trx, edit, permissionOf(edit));
    if (remove) await regrant(trx, remove, "none");
  });
}

async function changeMember(trx: TeamCtx, action: MemberAction, login: string): Promise<void> {
  const { db, org, team } = trx;
  const member = await findMember(db, org.id, login);
  if (!member) throw refuse(trx, `${login} is not a member of ${org.name}`);
  if (action === "add") {
    return insertTeamMember(db, { organization_id: org.id, team_id: team.id, user_id: member.userId });
  }
  const changed =
    action === "remove"
      ? await deleteTeamMember(db, team.id, member.userId)
      : await setTeamAdmin(db, team.id, member.userId, action === "promote");
  if (!changed) throw refuse(trx, `${login} is not in it`);
}

async function grant(trx: TeamCtx, address: StackAddress, permission: StackPermission): Promise<void> {
  await setGrant(trx.db, trx.team.id, await administered(trx, address), permission);
}

async function regrant(trx: TeamCtx, address: StackAddress, permission: StackPermission): Promise<void> {
  const stackId = await administered(trx, address);
  if (!(await hasGrant(trx, stackId))) throw refuse(trx, `it has no permission on stack ${title(trx, address)}`);
  await setGrant(trx.db, trx.team.id, stackId, permission);
}

/** The id of a stack that the caller administers; one that they may not read looks like none. */
async function administered(trx: TeamCtx, address: StackAddress): Promise<string> {
  const { org, actor } = trx;
  const stack = await findStack(trx, address.projectName, address.stackName);
  const held = stack && permissionOn({ ...org, ...stack, teamToken: actor.scope?.team !== undefined });
  if (!held || held === "none") throw refuse(trx, `stack ${title(trx, address)} does not exist`);
  if (!covers(held, "admin")) throw fail("forbidden", { need: `admin access to stack ${title(trx, address)}` });
  return stack.id;
}

function permissionOf({ permission }: StackGrant): StackPermission {
  const names = Object.keys(permissionNumbers) as StackPermission[];
  return names.find((name) => permissionNumbers[name] === Number(permission)) ?? "none";
}

function title({ org }: TeamCtx, { projectName, stackName }: StackAddress): string {
  return titleOf({ org, stack: { project: projectName, name: stackName } });
}

function refuse({ team }: TeamCtx, problem: string) {
  return fail("team_edit_refused", { team: team.name, problem });
}
