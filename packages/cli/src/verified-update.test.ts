import { expect, test } from "vitest";
import { verdictOf } from "./verified-update.ts";
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
