import { expect, test } from "vitest";
import { type Claims, permissionOn } from "./permission.ts";

const nobody: Claims = { role: "member", defaultPermission: "none", teamToken: false, creator: false, grants: [] };

test.each<[string, Partial<Claims>, string]>([
  ["a member has nothing where the default is none", {}, "none"],
  ["a member has the default", { defaultPermission: "read" }, "read"],
  ["a team raises the default", { defaultPermission: "read", grants: ["write"] }, "write"],
  ["a team never lowers it", { defaultPermission: "write", grants: ["read"] }, "write"],
  ["the strongest of several teams counts", { grants: ["read", "admin", "write"] }, "admin"],
  ["a policy manager is no more than a member to a stack", { role: "policy-manager" }, "none"],
  ["a policy manager has the default too", { role: "policy-manager", defaultPermission: "write" }, "write"],
  ["an admin of the organization administers every stack", { role: "admin" }, "admin"],
  ["who made the stack administers it", { creator: true }, "admin"],
  ["a team's token has nothing of the default", { teamToken: true, defaultPermission: "admin" }, "none"],
  ["a team's token has what the team was given", { teamToken: true, grants: ["read"] }, "read"],
  ["a team's token administers what it made", { teamToken: true, creator: true }, "admin"],
])("%s", (_, claims, wanted) => {
  expect(permissionOn({ ...nobody, ...claims })).toBe(wanted);
});
