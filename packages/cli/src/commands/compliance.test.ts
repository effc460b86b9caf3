import { expect, test } from "vitest";
import { scoreCells, scoreColumns } from "./compliance.ts";

const score = {
  name: "",
  policyPack: "rules",
  policyPackTags: ["1.0.0"],
  stacks: 3,
  staleStacks: 1,
  brokenStacks: 0,
  passingPolicies: 1,
  policies: 2,
  exceptedPolicies: 1,
  notExercised: 0,
  score: 50,
};

test("a line for each pack names the pack once", () => {
  expect(scoreColumns("pack")[0]).toBe("PACK");
  expect(scoreCells("pack", score)).toEqual(["rules@1.0.0", "50%", "1/2, 1 excepted", "0", "", "", "1 of 3"]);
});

test("another line begins with what it is of", () => {
  expect(scoreColumns("stack").slice(0, 2)).toEqual(["STACK", "PACK"]);
  expect(scoreCells("stack", { ...score, name: "web/prod" })).toHaveLength(scoreColumns("stack").length);
});
