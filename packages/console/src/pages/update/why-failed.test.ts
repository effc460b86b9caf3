import { expect, test } from "vitest";
import { whyFailed } from "./why-failed.ts";

const spoke = [{} as never];
const pack = (name: string, more: object = {}) => ({
  name,
  version: "1.0.0",
  required: true,
  policies: spoke,
  ...more,
});
const broken = (name: string) => pack(name, { failure: "Error: no settings", policies: [] });
const silent = (name: string) => pack(name, { policies: [] });

test.each([
  ["no pack", [], "It failed, and no mandatory policy was violated", false],
  ["packs that spoke", [pack("pets")], "It failed, and no mandatory policy was violated", false],
  [
    "a pack that failed",
    [pack("pets"), broken("cats"), silent("dogs")],
    "It failed because of policy pack cats 1.0.0",
    true,
  ],
  [
    "many packs that failed",
    ["a", "b", "c", "d", "e"].map(broken),
    "It failed because of policy packs a 1.0.0, b 1.0.0, c 1.0.0 and 2 more",
    true,
  ],
  [
    "a required pack without a word",
    [pack("pets"), silent("dogs"), pack("mine", { required: false, policies: [] })],
    "It failed, and nothing was reported of policy pack dogs 1.0.0",
    false,
  ],
])("of a failed run with %s", (_, packs, title, isBroken) => {
  expect(whyFailed(packs)).toEqual({ title, broken: isBroken });
});
