import { expect, test } from "vitest";
import { lacking, type Standing, strongest } from "./access.ts";

const member: Standing = { role: "member" };
const manager: Standing = { role: "policy-manager" };
const admin: Standing = { role: "admin" };

test.each<[Parameters<typeof lacking>[0], Standing, boolean]>([
  ["org:member", member, true],
  ["org:policy", member, false],
  ["org:policy", manager, true],
  ["org:policy", admin, true],
  ["org:admin", manager, false],
  ["org:admin", admin, true],
  ["team:admin", manager, false],
  ["team:admin", admin, true],
  ["team:admin", { ...member, teamAdmin: true }, true],
  ["team:admin", { ...member, teamAdmin: false }, false],
  ["stack:read", member, false],
  ["stack:read", { ...member, permission: "read" }, true],
  ["stack:write", { ...member, permission: "read" }, false],
  ["stack:write", { ...member, permission: "admin" }, true],
  ["stack:admin", { ...member, permission: "write" }, false],
  ["stack:admin", { ...manager, permission: "admin" }, true],
])("%s with %j: %s", (access, standing, enough) => {
  expect(lacking(access, standing) === undefined).toBe(enough);
});

test.each([
  [[], "none"],
  [["read"], "read"],
  [["read", "none", "write"], "write"],
  [["admin", "read"], "admin"],
] as const)("the strongest of %j is %s", (permissions, wanted) => {
  expect(strongest(permissions)).toBe(wanted);
});
