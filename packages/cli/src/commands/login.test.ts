import { expect, test } from "vitest";
import { tokenFor } from "./login.ts";

test.each<[url: string, named: string | undefined, token: string | undefined]>([
  ["https://a", undefined, "qt"],
  ["https://a", "", "qt"],
  ["https://a", "https://a/", "qt"],
  ["https://b", "https://a", undefined],
])("logging in to %s with QUILLON_URL %s takes the token %s of the environment", (url, named, token) => {
  expect(tokenFor(url, { QUILLON_TOKEN: "qt", ...(named !== undefined && { QUILLON_URL: named }) })).toBe(token);
});
