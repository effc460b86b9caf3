import { newError } from "@quillon/contract";
import { recordAll, recordAudit, SERVER } from "../audit/index.ts";
import { type Ctx, type OrgCtx, type Tx, transaction } from "../context.ts";
import { covers, findMember, hasAccess } from "../people/index.ts";
import { findStack } from "../stacks/index.ts";
import type { Finding } from "./list-queries.ts";
import { readFinding, readInParts } from "./read.ts";
import { lockFindings, openExpired, setTriage } from "./triage-queries.ts";

export interface Triage {
  status?: Finding["status"] | "fixed" | undefined;
  priority?: Finding["priority"] | undefined;
  /** A login. Empty for nobody. */
  assignedTo?: string | undefined;
  reason?: string | undefined;
  expiresAt?: string | undefined;
  /** Empty takes away the one that there is. */
  comment?: string | undefined;
}

/** Whether a status says that a finding may stay. It needs a reason, an end, and a policy manager. */
const excuses = (status: string | undefined) => status === "ignored" || status === "by_design";

/**
 * Changes what is said of a finding. It changes what is reported, never what is enforced.
 *
 * @throws finding_not_found, finding_edit_refused, forbidden
 */
export async function triageFinding(ctx: OrgCtx, id: string, triage: Triage): Promise<Finding> {
  const [after] = await triageFindings(ctx, [id], triage);
  return after ?? readFinding(ctx, id);
}

/** Changes what is said of all these findings, or of none of them. @throws finding_not_found, finding_edit_refused, forbidden */
export function triageFindings(ctx: OrgCtx, ids: readonly string[], triage: Triage): Promise<Finding[]> {
  return transaction(ctx, async (tx) => {
    const wanted = [...new Set(ids)];
    await lockFindings(tx.db, { organizationId: tx.org.id, ids: wanted });
    const before = await readEach(tx, wanted);
    for (const { stackRemoved, project, stack } of before) {
      // Another stack may have its name now, with other rights.
      if (stackRemoved)
        throw newError("finding_edit_refused", { problem: "stack_removed", stack: `${project}/${stack}` });
    }
    const excuse = readExcuse(triage);
    await requireRight(tx, before, triage);
    const { status, priority, assignedTo, comment } = triage;
    await setTriage(tx.db, wanted, {
      ...(status && status !== "fixed" && { status, excuse }),
      ...(priority && { priority }),
      ...(assignedTo !== undefined && { assigneeId: await assigneeOf(tx, assignedTo) }),
      ...(comment !== undefined && { comment: comment.trim() || null }),
      userId: tx.actor.userId,
    });
    const after = await readEach(tx, wanted);
    await recordAll(
      tx,
      before.map((was, n) => ({
        event: "Policy Issue Updated",
        description: `Changed policy issue ${was.policy} of ${was.project}/${was.stack}`,
        before: JSON.stringify(shown(was)),
        after: JSON.stringify(shown(after[n] ?? was)),
      })),
    );
    return after;
  });
}

/** The findings with these ids, in this order. @throws finding_not_found */
async function readEach(ctx: OrgCtx, ids: readonly string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const part of readInParts(ctx, ids)) found.push(...part);
  const missing = ids.find((id, n) => found[n]?.id !== id);
  if (missing !== undefined) throw newError("finding_not_found", { id: missing, organization: ctx.org.name });
  return found;
}

/** In findings. */
const STEP = 500;

/** Opens again what was ignored or by design until now, each step in a transaction of its own. */
export async function reopenExpired(ctx: Pick<Ctx, "db">): Promise<void> {
  for (let more = true; more; ) {
    more = await transaction(ctx, async (tx) => {
      const opened = await openExpired(tx.db, STEP);
      for (const { organizationId, policy, stack, status, reason, expires } of opened) {
        if (stack === null) continue;
        await recordAudit(
          { ...tx, ...SERVER, org: { id: organizationId } },
          {
            event: "Policy Issue Updated",
            description: `Opened policy issue ${policy} of ${stack} again, because it was ${status} only until now`,
            before: JSON.stringify({ status, ...(reason && { reason }), expiresAt: expires }),
            after: JSON.stringify({ status: "open" }),
          },
        );
      }
      return opened.length === STEP;
    });
  }
}

/** @throws finding_edit_refused */
function readExcuse({ status, priority, assignedTo, reason, expiresAt, comment }: Triage) {
  if (status === "fixed") throw newError("finding_edit_refused", { problem: "fixed" });
  if (!excuses(status)) {
    if (reason || expiresAt) throw newError("finding_edit_refused", { problem: "not_needed" });
    if ([status, priority, assignedTo, comment].every((said) => said === undefined))
      throw newError("finding_edit_refused", { problem: "empty" });
    return undefined;
  }
  const missing = [!reason?.trim() && "a reason", !expiresAt && "an expiresAt"].filter(Boolean).join(" and ");
  if (!reason || !expiresAt || missing)
    throw newError("finding_edit_refused", { problem: "incomplete", status: status ?? "", missing });
  const expires = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(expiresAt) ? expiresAt : Number.NaN);
  if (!(expires.getTime() > Date.now())) throw newError("finding_edit_refused", { problem: "expiry", expiresAt });
  return { reason: reason.trim(), expires };
}

/**
 * What excuses a finding, and what takes such an excuse away, is a policy manager's. A comment is theirs, too, and of those who may write
 * the stack.
 *
 * @throws forbidden
 */
async function requireRight(tx: Tx<OrgCtx>, findings: readonly Finding[], triage: Triage) {
  const { status, priority, assignedTo, comment } = triage;
  const isOne = findings.length === 1;
  const mayJudge = hasAccess("org:policy", { role: tx.org.role });
  const excused = status === undefined ? [] : findings.filter((finding) => excuses(finding.status));
  if (!mayJudge && (excuses(status) || (isOne && excused.length > 0)))
    throw newError("forbidden", { problem: "org:policy" });
  if (!mayJudge && excused.length > 0)
    throw newError("forbidden", { problem: "excused", ids: few(excused.map(({ id }) => `policy issue ${id}`)) });
  const writes = priority !== undefined || assignedTo !== undefined || (comment !== undefined && !mayJudge);
  const judged = new Set(excuses(status) ? findings : excused);
  const written = findings.filter((finding) => writes || (status !== undefined && !judged.has(finding)));
  const refused: string[] = [];
  for (const [name, finding] of new Map(written.map((one) => [`${one.project}/${one.stack}`, one]))) {
    const found = await findStack(tx, { project: finding.project, name: finding.stack });
    if (!covers(found?.permission ?? "none", "write")) refused.push(`stack ${name}`);
  }
  if (isOne && refused.length > 0) throw newError("forbidden", { problem: "stack:write" });
  if (refused.length > 0) throw newError("forbidden", { problem: "findings", stacks: few(refused) });
}

/** The first of many, for a message. */
function few(names: readonly string[]): string {
  const more = names.length - 3;
  return more > 0 ? `${names.slice(0, 3).join(", ")} and ${more} more` : names.join(", ");
}

/** @throws finding_edit_refused */
async function assigneeOf({ db, org }: Tx<OrgCtx>, login: string): Promise<string | null> {
  if (login === "") return null;
  const member = await findMember(db, org.id, login);
  if (!member) throw newError("finding_edit_refused", { problem: "not_a_member", login, organization: org.name });
  return member.userId;
}

function shown({ status, priority, assigneeLogin, reason, expires, comment }: Finding) {
  return {
    status,
    priority,
    assignedTo: assigneeLogin ?? "",
    ...(reason && { reason, expiresAt: expires }),
    ...(comment && { comment }),
  };
}
