import { stat } from "node:fs/promises";
import { expect, test } from "vitest";

// Each large task starts a thread. The schemas of all routes and what reads packs would be ten times as much.
test("a worker thread loads little when it starts", async () => {
  const { size } = await stat(process.env.QUILLON_TEST_WORKER ?? "");
  expect(size).toBeLessThan(150_000);
});
