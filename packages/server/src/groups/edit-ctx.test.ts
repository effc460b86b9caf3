import { expect, test } from "vitest";
import { LONGEST_EDIT, requireTime } from "./edit-ctx.ts";

const group = { name: "prod" } as Parameters<typeof requireTime>[0]["group"];

test("an edit that goes on for too long is refused", () => {
  requireTime({ group, began: performance.now() });
  expect(() => requireTime({ group, began: performance.now() - LONGEST_EDIT * 1000 })).toThrow(
    "Nothing was changed: to change policy group prod in this way took more than 10 seconds",
  );
});
