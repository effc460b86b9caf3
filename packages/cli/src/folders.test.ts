import { userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { credentialsFolder } from "./credentials.ts";
import { accountHome, makeCacheFolder, makeStateFolder } from "./folders.ts";
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

test.each([
  ["XDG_CACHE_HOME", makeCacheFolder],
  ["XDG_STATE_HOME", makeStateFolder],
])("a folder that can't be written to is told, with %s", async (variable, make) => {
  // A file, because every folder can be written to by root.
  await expect(make(join(import.meta.filename, "quillon"))).rejects.toThrow(
    new RegExp(`quillon can't be written to: .*\\. Set ${variable} to a folder`),
  );
});

test("a folder that is there, and of which nothing can be written, is told", async () => {
  // Root may write everywhere.
  const look = () => Promise.reject(new Error("EACCES: permission denied"));
  await expect(makeCacheFolder(import.meta.dirname, look)).rejects.toThrow(
    "can't be written to: EACCES: permission denied. Set",
  );
});
