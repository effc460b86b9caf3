import { REVISION, type RequestEventRow } from "../../exceptions/index.ts";
import { userInfo } from "./shapes.ts";

interface Shown {
  type?: "approved_by_user" | "unapproved_by_user" | "commented";
  /** Why the status is another one. */
  reason?: string;
}

/** In the words that the CLI knows: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/esc/cli/env_change_request.go */
const shown: Record<RequestEventRow["step"], Shown> = {
  made: { reason: "change_request_created" },
  submitted: { reason: "submitted_for_approval" },
  approved: { type: "approved_by_user", reason: "gate_evaluation" },
  unapproved: { type: "unapproved_by_user", reason: "gate_evaluation" },
  commented: { type: "commented" },
  closed: { reason: "manually_closed" },
  applied: { reason: "applied successfully" },
  lapsed: { reason: "not applied in time" },
};

/** A step in the form of Pulumi's API, where what somebody does is one event, and what it does to the status another. */
export function changeRequestEvents(changeRequestId: string, event: RequestEventRow) {
  const { number, step, before, after, createdAt } = event;
  const { type, reason } = shown[step];
  const id = String(number);
  const common = {
    changeRequestId,
    revisionNumber: REVISION,
    createdBy: userInfo(event.createdBy ?? { login: "", name: "" }),
    createdAt: createdAt.toISOString(),
  };
  const comment = event.comment ? { comment: event.comment } : {};
  const said = type && { id, eventType: type, ...common, ...comment };
  const changed = reason !== undefined &&
    after &&
    // One that was ready without an approval stays so.
    after !== before && {
      id: said ? `${id}-status` : id,
      eventType: "status_changed" as const,
      ...common,
      ...(said ? {} : comment),
      // The CLI takes none for the beginning.
      previousStatus: before ?? ("" as const),
      newStatus: after,
      reason,
    };
  return [...(said ? [said] : []), ...(changed ? [changed] : [])];
}
