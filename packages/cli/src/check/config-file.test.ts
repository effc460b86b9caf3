import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfigFile } from "./config-file.ts";

const dir = mkdtempSync(join(tmpdir(), "quillon-config-"));
afterAll(() => rmSync(dir, { recursive: true }));

function read(content: unknown) {
  const path = join(dir, "rules.json");
  writeFileSync(path, JSON.stringify(content));
  return readConfigFile(path);
}

const match = [{ policies: ["p"], targets: ["urn:pulumi:dev::web::a:b:C::logs"] }];

test("what is configured is read in both versions, with the exceptions of the second", () => {
  expect(read({ p: "advisory", q: { most: 3 } })).toEqual({
    config: { p: "advisory", q: { most: 3 } },
    exceptions: {},
  });
  const exceptions = { e: { reason: "It moves.", match } };
  expect(read({ version: 2, policies: { p: "advisory" }, exceptions })).toEqual({
    config: { p: "advisory" },
    exceptions,
  });
  expect(read({ version: 2, policies: null, exceptions: null })).toEqual({ config: {}, exceptions: {} });
});

const of = (exception: unknown) => ({ version: 2, exceptions: { e: exception } });
test.each<[string, unknown, RegExp]>([
  ["a policy with a number", { p: 5 }, /rules\.json: p must have a level, such as "advisory", or an object/],
  ["a policy with nothing", { p: null }, /rules\.json: p must have a level/],
  ["a policy with a list", { version: 2, policies: { p: [] } }, /rules\.json: p must have a level/],
  ["a list of policies", { version: 2, policies: [] }, /rules\.json: "policies" must be an object/],
  ["a list of exceptions", { version: 2, exceptions: [] }, /rules\.json: "exceptions" must be an object/],
  ["an exception of nothing", of(null), /the exception e has a mistake: it must be an object\./],
  ["an exception without a reason", of({ match }), /the exception e has a mistake: "reason" must be a text/],
  [
    "an exception with half a match",
    of({ reason: "r", match: [{ policies: ["p"] }] }),
    /the exception e has a mistake: match\[0\]: "targets" must be a list/,
  ],
  [
    "an exception with a time that is none",
    of({ reason: "r", match, expiresAt: "tomorrow" }),
    /the exception e has a mistake: "expiresAt" must be a time such as/,
  ],
  [
    "a field that version 2 does not have",
    { version: 2, policy: {} },
    /rules\.json has "policy", which version 2 does/,
  ],
])("%s is refused", (_, content, message) => {
  expect(() => read(content)).toThrow(message);
});
