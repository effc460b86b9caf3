import type { ReplyOf } from "./route.ts";
import type { Api } from "./routes/index.ts";

export type RequestEvent = ReplyOf<
  Api["GET /api/change-requests/{orgName}/{changeRequestId}/events"]
>["events"][number];

const steps: Record<string, string> = {
  commented: "commented",
  approved_by_user: "approved it",
  unapproved_by_user: "took the approval back",
  change_request_created: "asked for it",
  submitted_for_approval: "submitted it",
  manually_closed: "closed it",
  "applied successfully": "applied it",
};

/** What somebody did with a request for an exception: the end of a sentence that begins with who. Undefined for what has no word. */
export function stepOf(event: RequestEvent): string | undefined {
  return steps[event.eventType === "status_changed" ? event.reason : event.eventType];
}

/** That an approval made a request ready is said with the approval itself. */
export function isSaidBefore(event: RequestEvent): boolean {
  return event.eventType === "status_changed" && event.reason === "gate_evaluation";
}
