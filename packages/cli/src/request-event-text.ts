import type { Api, ReplyOf } from "@quillon/contract";

type Event = ReplyOf<Api["GET /api/change-requests/{orgName}/{changeRequestId}/events"]>["events"][number];

const did: Record<string, string> = {
  commented: "commented",
  approved_by_user: "approved it",
  unapproved_by_user: "took the approval back",
  change_request_created: "asked for it",
  submitted_for_approval: "submitted it",
  manually_closed: "closed it",
  "applied successfully": "applied it",
};

/** What happened to a change request: a line, and what was said below it. */
export function eventText(event: Event): string {
  const { createdAt, createdBy, comment = "" } = event;
  const isChange = event.eventType === "status_changed";
  // Said with the approval itself.
  if (isChange && event.reason === "gate_evaluation") return "";
  const what = did[isChange ? event.reason : event.eventType];
  const sentence =
    what === undefined && isChange
      ? `It went from ${event.previousStatus} to ${event.newStatus}: ${event.reason}`
      : `${createdBy.githubLogin || "A user who was removed"} ${what ?? event.eventType}`;
  const said = comment ? [comment.trimEnd().replaceAll(/^/gm, "    ")] : [];
  return [`${createdAt}  ${sentence}`, ...said].map((line) => `${line}\n`).join("");
}
