import { ApiError } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { errorMessage } from "./error-message.ts";

const refused = new Error("connect ECONNREFUSED");

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
  [
    "that says that the access token is wrong",
    new ApiError(401, "unauthorized", "Unauthorized: No credentials provided or are invalid."),
    "Unauthorized: No credentials provided or are invalid. Log in with a valid access token: quillon login URL, or QUILLON_TOKEN. `quillon doctor` says which server was asked.",
  ],
])("the message of an error %s", (_, error, wanted) => {
  expect(errorMessage(error)).toBe(wanted);
});
