import { expect, test } from "vitest";
import { pulumiVersion } from "./clients.ts";

test.each([
  ["pulumi-cli/1 (v3.220.0; linux)", "v3.220.0"],
  ["pulumi-cli/1 (3.274.0; darwin; cmd=up)", "3.274.0"],
  ["pulumi-cli/1 (; linux)", ""],
  ["pulumi-cli/1 (v3.220.0)", ""],
  ["pulumi-cli/1", ""],
  [undefined, ""],
])("the version of %s is %s", (agent, version) => expect(pulumiVersion({ "user-agent": agent })).toBe(version));

test("a long header is read once", () => {
  expect(pulumiVersion({ "user-agent": `pulumi-cli/${"(".repeat(200_000)}` })).toBe("");
});
