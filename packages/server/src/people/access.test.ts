import { expect, test } from "vitest";
import { type CallerRights, hasAccess, strongest } from "./access.ts";

const member: CallerRights = { role: "member" };
const manager: CallerRights = { role: "policy-manager" };
const admin: CallerRights = { role: "admin" };

test.each<[Parameters<typeof hasAccess>[0], CallerRights, boolean]>([
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
])("%s with %j: %s", (access, rights, enough) => {
  expect(hasAccess(access, rights)).toBe(enough);
});

test.each([
  [[], "none"],
  [["read"], "read"],
  [["read", "none", "write"], "write"],
  [["admin", "read"], "admin"],
] as const)("the strongest of %j is %s", (permissions, wanted) => {
  expect(strongest(permissions)).toBe(wanted);
});
