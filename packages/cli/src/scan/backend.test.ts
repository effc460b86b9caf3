import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { backendOf, withoutCredentials } from "./backend.ts";

const at = { cwd: "/work", env: { AZURE_STORAGE_ACCOUNT: "acme" } };

test.each<[given: string, known: string, url?: string]>([
  ["s3://states", "s3://states"],
  ["s3://states/team?region=eu-west-1&profile=ada", "s3://states/team"],
  ["gs://states/", "gs://states"],
  ["azblob://states", "azblob://states?storage_account=acme"],
  ["file:///srv/states", "file:///srv/states"],
  ["file:///srv/the states", "file:///srv/the%20states"],
  ["file://states", "file:///work/states", "file:///work/states"],
  ["file://~", `file://${userInfo().homedir}`, `file://${userInfo().homedir}`],
  ["file://~/states", `file://${userInfo().homedir}/states`, `file://${userInfo().homedir}/states`],
  ["postgres://ada:hunter2@db/states", "postgres://db/states"],
])("%s is known as %s, as quillon run knows it", (given, known, url = given) => {
  expect(backendOf(given, at)).toMatchObject({ known, url });
});

test.each<[given: string, message: RegExp]>([
  ["https://api.pulumi.com", /is a service, and not a bucket or a folder\. .* quillon receipt ls/],
  ["https://ada:hunter2@quillon.example.com?token=hunter2", /^https:\/\/quillon\.example\.com is a service/],
  ["states", /^"states" is not the URL of a backend\. For a folder, write file:\/\/\/work\/states$/],
  [
    "ftp://ada:hunter2@states",
    /^ftp:\/\/states is no backend that holds states: its URL begins with file:\/\/, s3:\/\//,
  ],
  ["s3://?key=hunter2", /^s3:\/\/ is not a URL that Quillon knows a backend by\.$/],
])("%s is refused", (given, message) => {
  expect(() => backendOf(given, at)).toThrow(message);
  expect(() => backendOf(given, at)).toThrow(expect.not.stringContaining("hunter2"));
});

test.each([
  [
    "postgres://ada:hunter2@db/states",
    "can't open postgres://ada:hunter2@db/states",
    "can't open postgres://db/states",
  ],
  ["postgres://ada:hunter2@db/states", "no user ada:hunter2", "no user […]"],
  ["s3://b?region=r&profile=ada-prod", "open s3://b?region=r&profile=ada-prod&x=1: no", "open s3://b&x=1: no"],
  ["s3://b?profile=ada-prod", "no profile ada-prod", "no profile […]"],
  ["file:///srv/states", "open bucket file:///srv/states", "open bucket file:///srv/states"],
])("of %s, a message has no credentials", (url, text, shown) => {
  expect(withoutCredentials(text, backendOf(url, at))).toBe(shown);
});
