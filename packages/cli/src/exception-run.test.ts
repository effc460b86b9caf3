import { expect, test } from "vitest";
import { checkRun, type RunOptions } from "./exception-run.ts";

const id = "018f2d3c-7a6b-4c5d-8e9f-0a1b2c3d4e5f";

test.each<RunOptions>([
  {},
  { update: true },
  { update: "latest" },
  { update: "12" },
  { update: id },
  { preview: true },
  { preview: "latest" },
  { preview: id },
])("%j is a run", (options) => {
  expect(() => checkRun(options)).not.toThrow();
});

test.each<[RunOptions, string]>([
  [{ update: "rules" }, '--update can\'t be "rules": write --update=VERSION'],
  [{ update: "acme/rules" }, "after the policy pack"],
  [{ update: "" }, '--update can\'t be ""'],
  [{ preview: "rules" }, '--preview can\'t be "rules": write --preview=ID'],
  [{ preview: "12" }, '--preview can\'t be "12"'],
])("%j is none, and the pack is not taken for one", (options, problem) => {
  expect(() => checkRun(options)).toThrow(problem);
});
