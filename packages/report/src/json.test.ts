import fc from "fast-check";
import { expect, test } from "vitest";
import { json } from "./json.ts";
import { headOf, hostileResults, textOf } from "./testing.ts";

test("the text is the report", async () => {
  await fc.assert(
    fc.asyncProperty(hostileResults, async (results) => {
      expect(JSON.parse(await textOf(json, results))).toEqual({ ...headOf(results), results });
    }),
  );
});
