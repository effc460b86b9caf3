import { expect, test } from "vitest";
import { unavailable } from "./s3-problems.ts";

test.each([
  [{ name: "NoSuchBucket" }, "there is no such bucket"],
  [{ name: "AccessDenied" }, "these credentials may not do that there"],
  [{ name: "Unknown", $metadata: { httpStatusCode: 403 } }, "these credentials may not do that there"],
  [{ name: "Unknown", $metadata: { httpStatusCode: 301 } }, "the bucket is in another region"],
  [{ name: "CredentialsProviderError" }, "there are no credentials"],
  [{ name: "Error", cause: { code: "ECONNREFUSED" } }, "nothing listens there"],
  [new Error("Region is missing\nmore"), "Region is missing. Correct that"],
])("an operator is told what is wrong: %j", (error, problem) => {
  const { message } = unavailable("s3://states/", error);
  expect(message).toContain(`The blob store s3://states/ can't be used: ${problem}`);
  expect(message).toMatch(/--blobs \(QUILLON_BLOBS\)\.$/);
});
