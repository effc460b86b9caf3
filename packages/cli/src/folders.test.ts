import { userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { credentialsFolder } from "./credentials.ts";
import { accountHome } from "./folders.ts";
import { wholeUrl } from "./run/place.ts";

const other = join("/", "other");
beforeEach(() => {
  vi.stubEnv("HOME", other);
  // It is HOME on Windows.
  vi.stubEnv("USERPROFILE", other);
});
afterEach(() => vi.unstubAllEnvs());

test("the Pulumi CLI's home folder is the account's, whatever HOME says", () => {
  expect(accountHome()).toBe(userInfo().homedir);
  expect(credentialsFolder({ HOME: other })).toBe(join(userInfo().homedir, ".pulumi"));
  expect(wholeUrl("file://~/states", { cwd: "/", env: {} })).toBe(`file://${userInfo().homedir}/states`);
});

test.each<[of: string, account: () => { homedir: string }]>([
  [
    "a user without an account",
    () => {
      throw new Error("There is no such user.");
    },
  ],
  ["an account without a folder", () => ({ homedir: "" })],
])("HOME is the home folder of %s", (_, account) => expect(accountHome(account)).toBe(other));
