import { expect, test } from "vitest";
import { recordedEvents, recordedVersions } from "../testing/recorded-events.ts";
import { packsNotLoaded } from "./load-failure.ts";

const load = { policyLoadEvent: {} };
const error = (message: string, severity = "error") => ({ diagnosticEvent: { severity, message } });

test.each<[string, unknown[], string[]]>([
  ["loads packs and says no more", [load, load], ["pets", "pets-2"]],
  [
    "says which configuration is wrong",
    [load, error("validating policy config: pets 1.0.0  a: is required")],
    ["pets"],
  ],
  ["says which pack can't be configured", [load, error('configuring policy pack "pets-2": no')], ["pets-2"]],
  ["ends a sentence with the name of a pack", [load, error("can't load pets.")], ["pets"]],
  ["names a pack in a warning only", [load, error("pets is old", "warning")], ["pets", "pets-2"]],
  ["begins, and fails later", [load, { preludeEvent: {} }, error("pets")], []],
  ["fails before it loads packs", [error("no plugin")], []],
  ["sent nothing", [], []],
  ["sent nonsense", [null, 1, "x", { diagnosticEvent: 7 }], []],
])("a run that %s", (_, events, expected) => {
  expect(packsNotLoaded(events, ["pets", "pets-2"])).toEqual(expected);
});

test.each(recordedVersions)("CLI %s began every run that was recorded", (version) => {
  expect(packsNotLoaded(recordedEvents(version, "up-violates"), ["pets"])).toEqual([]);
});
