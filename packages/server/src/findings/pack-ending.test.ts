import { expect, test } from "vitest";
import { packEndings, type RunEnding } from "./pack-ending.ts";

const load = { policyLoadEvent: {} };
const begun = { preludeEvent: {} };
const refused = { diagnosticEvent: { severity: "error", message: 'configuring policy pack "a": no' } };

/** Packs as names; those with a star are proven. Endings as `a worked`, and a question mark for a suspect. */
test.each<[string, RunEnding, object[], string[], string[]]>([
  ["succeeded", "succeeded", [], ["a", "b"], ["a worked", "b worked"]],
  ["was interrupted while it loaded packs", "interrupted", [load], ["a"], ["a unknown"]],
  ["failed because of something else", "failed", [load, begun], ["a", "b"], ["a loaded", "b loaded"]],
  ["failed before it loaded packs", "failed", [{ diagnosticEvent: {} }], ["a"], ["a unknown"]],
  ["can't configure one", "failed", [load, load, refused], ["a*", "b"], ["a failed", "b unknown"]],
  ["can't load one of two new ones", "failed", [load, load], ["a", "b"], ["a failed?", "b failed?"]],
  ["can't load one of which one is new", "failed", [load, load], ["a*", "b"], ["a unknown", "b failed"]],
  ["can't load one although none is new", "failed", [load, load], ["a*", "b*"], ["a failed?", "b failed?"]],
  ["sent nothing with a new one", "failed", [], ["a*", "b"], ["a unknown", "b failed?"]],
  ["sent nothing with none that is new", "failed", [], ["a*", "b*"], ["a unknown", "b unknown"]],
])("A run that %s", (...[, ending, events, packs, expected]) => {
  const required = packs.map((name) => ({ pack: name.replace("*", ""), tag: "1.0.0", proven: name.endsWith("*") }));
  const endings = [...packEndings(ending, events, required)].map(([pack, one]) => {
    const suspected = one.ended === "failed" && !one.failure.certain;
    return `${pack} ${one.ended}${suspected ? "?" : ""}`;
  });
  expect(endings).toEqual(expected);
});
