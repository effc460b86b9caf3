import type { Finding, Triage } from "./queries.ts";

/** What the form says. */
export interface Said {
  status: string;
  priority: string;
  /** A login. Empty for nobody. */
  assignedTo: string;
  reason: string;
  /** A day: `2030-01-31`. */
  until: string;
  comment: string;
}

/** Whether a status says that a finding may stay. It needs a reason and an end. */
export const excuses = (status: string) => status === "ignored" || status === "by_design";

/** The day with whose end the time is over. The CLI says the beginning of a day, which is the end of the one before. */
const dayOf = (time: string | undefined) => {
  if (!time) return "";
  const at = new Date(Date.parse(time) - 1000);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
};

export function saidOf({ status, priority, assignedTo, reason = "", expiresAt, comment }: Finding): Said {
  // What has ended has a status that nobody can choose.
  const chosen = excuses(status) || status === "in_progress" ? status : "open";
  return {
    status: chosen,
    priority,
    assignedTo: assignedTo?.githubLogin ?? "",
    reason,
    until: dayOf(expiresAt),
    comment: comment?.text ?? "",
  };
}

/** What to send. Undefined when nothing is changed. */
export function changesOf(before: Said, after: Said): Triage | undefined {
  const isExcused = excuses(after.status);
  const isJudged =
    after.status !== before.status || (isExcused && (after.reason !== before.reason || after.until !== before.until));
  const changes = {
    ...(isJudged && { status: after.status as NonNullable<Triage["status"]> }),
    ...(isJudged && isExcused && { reason: after.reason, expiresAt: endOf(after.until) }),
    ...(after.priority !== before.priority && { priority: after.priority as NonNullable<Triage["priority"]> }),
    ...(after.assignedTo !== before.assignedTo && { assignedTo: after.assignedTo }),
    ...(after.comment !== before.comment && { comment: after.comment }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
}

/** The end of the day where the browser is. */
export const endOf = (day: string) => (day ? new Date(`${day}T23:59:59`).toISOString() : "");
