import { isSaidBefore, type RequestEvent, stepOf } from "@quillon/contract/request-steps";
import { visible } from "@quillon/report/visible";

/** What happened to a change request: a line, and what was said below it. */
export function eventText(event: RequestEvent): string {
  const { createdAt, createdBy, comment = "" } = event;
  if (isSaidBefore(event)) return "";
  const what = stepOf(event);
  const sentence =
    what === undefined && event.eventType === "status_changed"
      ? `It went from ${event.previousStatus} to ${event.newStatus}: ${event.reason}`
      : `${createdBy.githubLogin || "A user who was removed"} ${what ?? event.eventType}`;
  const said = comment ? [visible(comment).trimEnd().replaceAll(/^/gm, "    ")] : [];
  return [`${createdAt}  ${visible(sentence)}`, ...said].map((line) => `${line}\n`).join("");
}
