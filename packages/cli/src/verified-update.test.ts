import { expect, test } from "vitest";
import { runningOf, type StartedUpdate, verdictOf } from "./verified-update.ts";
import type { Receipt } from "./verify-receipt.ts";

const receipt = (id: string, status: string, commit: string | null, outcome = "succeeded") =>
  ({
    status,
    reasons: status === "complete" ? [] : ["pets was not asked."],
    update: { id, kind: "update", outcome },
    client: { commit },
  }) as Receipt;

const all = [
  receipt("u5", "not-applicable", "aaaa111"),
  receipt("u4", "incomplete", "bbbb222"),
  receipt("u3", "complete", "aaaa111", "failed"),
  receipt("u2", "missing", "aaaa111"),
  receipt("u1", "complete", null),
];

async function* given(receipts: Receipt[]) {
  yield* receipts;
}

test.each([
  ["aaaa111", "u3", true, "The last update of commit aaaa111, u3, failed with a complete receipt."],
  ["bbbb22", "u4", false, "The last update of commit bbbb22, u4, succeeded without one: pets was not asked."],
  ["cccc333", undefined, false, "Of the newest 100 updates none of commit cccc333 had to run policies."],
  [undefined, "u4", false, "The last update, u4, succeeded without one: pets was not asked."],
])("of commit %s it is %s, which holds: %s", async (commit, updateID, holds, because) => {
  const verdict = await verdictOf(given(all), commit);
  expect(verdict).toMatchObject({ holds, because, ...(updateID && { updateID }) });
});

const update = (updateID: string, more: Partial<StartedUpdate> = {}): StartedUpdate => ({
  updateID,
  kind: "update",
  dryRun: false,
  status: "running",
  environment: { "git.head": "aaaa111" },
  ...more,
});

async function* started(updates: StartedUpdate[]) {
  yield* updates;
}

const running = { holds: false, updateID: "u2", outcome: "running" };
test.each<[string, StartedUpdate[], string | undefined, object | undefined]>([
  ["one that has not ended", [update("u3", { dryRun: true }), update("u2")], "aaaa111", running],
  ["one of any commit", [update("u2", { environment: {} })], undefined, running],
  ["one of another commit", [update("u2")], "bbbb222", undefined],
  ["one whose commit is not known", [update("u2", { environment: {} })], "aaaa111", undefined],
  ["one that has ended", [update("u2", { status: "failed" })], "aaaa111", undefined],
  ["a destroy", [update("u2", { kind: "destroy" })], "aaaa111", undefined],
])("before the receipts are looked at: %s", async (_, updates, commit, verdict) => {
  expect(await runningOf(started(updates), commit)).toEqual(
    verdict && { ...verdict, because: expect.stringContaining("u2, has not ended, so it has no receipt yet.") },
  );
});
