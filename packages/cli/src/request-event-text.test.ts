import { expect, test } from "vitest";
import { eventText } from "./request-event-text.ts";

const person = (githubLogin: string) => ({ githubLogin, name: "", avatarUrl: "" });
const common = {
  ...{ id: "1", changeRequestId: "1", revisionNumber: 1, createdAt: "2026-11-27T10:00:00.000Z" },
  createdBy: person("ann"),
};
const changed = { ...common, eventType: "status_changed" as const, previousStatus: "pending" as const };

test.each([
  [
    { ...common, eventType: "commented" as const, comment: "Until when?\n\nAnn" },
    "ann commented\n    Until when?\n    \n    Ann\n",
  ],
  [
    { ...common, eventType: "commented" as const, comment: "Why?\u001b[1A\u001b[2K\r\nbob approved it\u009b" },
    "ann commented\n    Why?\ufffd[1A\ufffd[2K\n    bob approved it\ufffd\n",
  ],
  [{ ...common, eventType: "approved_by_user" as const }, "ann approved it\n"],
  [
    { ...common, eventType: "unapproved_by_user" as const, createdBy: person("") },
    "A user who was removed took the approval back\n",
  ],
  [
    { ...changed, previousStatus: "" as const, newStatus: "draft" as const, reason: "change_request_created" },
    "ann asked for it\n",
  ],
  [{ ...changed, newStatus: "closed" as const, reason: "manually_closed", comment: "No." }, "ann closed it\n    No.\n"],
  [
    { ...changed, newStatus: "closed" as const, reason: "not applied in time", createdBy: person("") },
    "It went from pending to closed: not applied in time\n",
  ],
])("%j is one line, with what was said below it", (event, wanted) => {
  expect(eventText(event)).toBe(`2026-11-27T10:00:00.000Z  ${wanted}`);
});

test("what an approval does to the status is left out", () => {
  expect(eventText({ ...changed, newStatus: "ready", reason: "gate_evaluation" })).toBe("");
});
