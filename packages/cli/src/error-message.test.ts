import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { ApiError } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { errorMessage } from "./error-message.ts";

const refused = new Error("connect ECONNREFUSED");

function fails(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
}

test.each<[string, unknown, string]>([
  ["that is none", "no", "no"],
  ["without a cause", refused, "connect ECONNREFUSED"],
  ["with its cause", new Error("fetch failed", { cause: refused }), "fetch failed (connect ECONNREFUSED)"],
  [
    "whose cause has only a code",
    new Error("fetch failed", { cause: Object.assign(new Error(""), { code: "ECONNREFUSED" }) }),
    "fetch failed (ECONNREFUSED)",
  ],
  [
    "that says its cause already",
    new Error("it can't be reached: connect ECONNREFUSED", { cause: refused }),
    "it can't be reached: connect ECONNREFUSED",
  ],
  ["of a file", fails(() => readFileSync("/no/such")), "/no/such can't be opened: no such file or directory"],
  ["of a folder", fails(() => mkdtempSync("/no/such")), "/no/suchXXXXXX can't be made: no such file or directory"],
  ["of a path", fails(() => statSync("/dev/null/x")), "/dev/null/x can't be used: not a directory"],
  [
    "that says that the access token is wrong",
    new ApiError(401, "unauthorized", "Unauthorized: No credentials provided or are invalid."),
    "Unauthorized: No credentials provided or are invalid. Log in with a valid access token: quillon login URL, or QUILLON_TOKEN. `quillon doctor` says which server was asked.",
  ],
])("the message of an error %s", (_, error, wanted) => {
  expect(errorMessage(error)).toBe(wanted);
});
