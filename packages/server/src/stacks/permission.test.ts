import { expect, test } from "vitest";
import { type PermissionFacts, permissionOn } from "./permission.ts";

const nobody: PermissionFacts = {
  role: "member",
  defaultPermission: "none",
  teamToken: false,
  outside: false,
  creator: false,
  grants: [],
};

test.each<[string, Partial<PermissionFacts>, string]>([
  ["a member has none where the default is none", {}, "none"],
  ["a member has the default", { defaultPermission: "read" }, "read"],
  ["a team raises the default", { defaultPermission: "read", grants: ["write"] }, "write"],
  ["a team never lowers it", { defaultPermission: "write", grants: ["read"] }, "write"],
  ["the strongest of several teams counts", { grants: ["read", "admin", "write"] }, "admin"],
  ["a policy manager has no more than a member", { role: "policy-manager" }, "none"],
  ["a policy manager has the default too", { role: "policy-manager", defaultPermission: "write" }, "write"],
  ["an admin of the organization administers every stack", { role: "admin" }, "admin"],
  ["the stack's creator administers it", { creator: true }, "admin"],
  ["a team's token does not have the default", { teamToken: true, defaultPermission: "admin" }, "none"],
  ["a team's token has the team's permission", { teamToken: true, grants: ["read"] }, "read"],
  ["a team's token administers a stack that it made", { teamToken: true, creator: true }, "admin"],
  [
    "a token has nothing outside of the projects that it is limited to",
    { outside: true, defaultPermission: "admin" },
    "none",
  ],
  ["a token has nothing outside of them that it made", { outside: true, creator: true }, "none"],
  ["a team's token has nothing outside of them", { outside: true, teamToken: true, grants: ["admin"] }, "none"],
  ["no role has anything outside of them", { outside: true, role: "admin" }, "none"],
])("%s", (_, facts, wanted) => {
  expect(permissionOn({ ...nobody, ...facts })).toBe(wanted);
});
