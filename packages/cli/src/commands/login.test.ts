import { expect, test } from "vitest";
import { tokenFor, whyNoServer } from "./login.ts";

test.each<[url: string, named: string | undefined, token: string | undefined]>([
  ["https://a", undefined, "qt"],
  ["https://a", "", "qt"],
  ["https://a", "https://a/", "qt"],
  ["https://b", "https://a", undefined],
])("logging in to %s with QUILLON_URL %s takes the token %s of the environment", (url, named, token) => {
  expect(tokenFor(url, { QUILLON_TOKEN: "qt", ...(named !== undefined && { QUILLON_URL: named }) })).toBe(token);
});

test.each([
  [undefined, "Say to which server"],
  ["127.0.0.1:8080", "127.0.0.1:8080 is no address of a server, because it begins with neither https:// nor http://"],
  ["s3://states", "s3://states is no address of a server"],
])("%s is no server to log in to", (address, why) => {
  expect(whyNoServer(address)).toBe(why);
});
