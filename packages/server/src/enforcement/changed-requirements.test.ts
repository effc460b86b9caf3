import { expect, test } from "vitest";
import { type Compared, changedRequirements } from "./changed-requirements.ts";

const pets: Compared = { pack: "pets", version: 3, tag: "1.0.2", configSha256: "aa" };
const cars: Compared = { pack: "cars", version: 1, tag: null, configSha256: null };

test.each<[string, now: Compared[], string[]]>([
  ["the same", [pets, cars], []],
  ["less", [pets], []],
  [
    "another pack",
    [pets, cars, { ...cars, pack: "boats" }],
    ["Policy pack boats 1 is required now, and was not when the file of requirements was made."],
  ],
  [
    "another version",
    [{ ...pets, version: 4, tag: "1.1.0" }],
    ["Policy pack pets is required now as 1.1.0, and the file of requirements has 1.0.2."],
  ],
  [
    "another configuration",
    [{ ...cars, configSha256: "bb" }],
    ["Policy pack cars has another configuration now than in the file of requirements."],
  ],
])("%s is required now", (_, now, sentences) => {
  expect(changedRequirements([pets, cars], now)).toEqual(sentences);
});
