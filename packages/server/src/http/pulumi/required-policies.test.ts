import { expect, test } from "vitest";
import { appliesExceptions } from "./clients.ts";
import { withExceptionsEntry } from "./required-policies.ts";

const exceptions = {
  "EXC-1": { reason: "why", match: [{ policies: ["p"], targets: ["urn:pulumi:dev::web::a:b:C::n"] }] },
};
const entry = `"quillon:exceptions":${JSON.stringify({ enforcementLevel: "advisory", exceptions })}`;

test.each([
  [null, `{${entry}}`],
  ["{}", `{${entry}}`],
  [" { \n} ", `{${entry}}`],
  ['{"all":{"n":12345678901234567890}}', `{"all":{"n":12345678901234567890},${entry}}`],
  ['\n{ "a": {"b": 1.0 } }\n', `{ "a": {"b": 1.0 } ,${entry}}`],
])("a configuration of %j is sent as %j", (config, sent) => {
  expect(withExceptionsEntry(config, exceptions)).toBe(sent);
  expect(JSON.parse(sent)["quillon:exceptions"].exceptions).toEqual(exceptions);
});

test.each([
  ["pulumi-cli/1 (v3.274.1; linux)", true],
  ["pulumi-cli/1 (3.274.0; darwin; cmd=up)", true],
  ["pulumi-cli/1 (v3.300.2; linux)", true],
  ["pulumi-cli/1 (v4.0.0; linux)", true],
  ["pulumi-cli/1 (v3.273.9; linux)", false],
  ["pulumi-cli/1 (v3.260.0; linux)", false],
  ["pulumi-cli/1 (v3.200.0; windows)", false],
  ["pulumi-cli/1 (v3.274.0-alpha.1; linux)", false],
  ["pulumi-cli/1 (; linux)", false],
  ["curl/8", true],
  [undefined, true],
])("the engine of %j applies exceptions itself: %j", (agent, applies) => {
  expect(appliesExceptions(agent === undefined ? {} : { "user-agent": agent })).toBe(applies);
});
