import { expect, test } from "vitest";
import { engineAppliesExceptions } from "./clients.ts";

test.each([
  ["3.200.0", false],
  ["v3.220.0", false],
  ["3.273.9", false],
  ["2.999.0", false],
  ["3.274.0", true],
  ["v3.274.1", true],
  ["3.1000.0", true],
  ["4.0.0", true],
  // Built before the release, from what nobody has looked at.
  ["3.274.0-alpha.x1a2b3c4", false],
  ["3.274.1-alpha.1764000000", true],
  ["v3.275.0-alpha.x1a2b3c4", true],
  ["3.275.0-alpha.x1a2b3c4+dirty", true],
  ["3.274.0+dirty", true],
  ["", false],
  ["3.274", false],
  ["3.274.1.2", false],
  ["3.275.0-", false],
  ["not 3.274.1", false],
])("the engine of %j applies exceptions: %j", (version, applies) => {
  expect(engineAppliesExceptions(version)).toBe(applies);
});
