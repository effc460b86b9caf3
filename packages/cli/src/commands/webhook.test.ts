import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { printDelivery } from "./webhook.ts";

const forget = () => {
  process.exitCode = undefined;
};

beforeEach(forget);
afterEach(() => {
  vi.restoreAllMocks();
  forget();
});

test.each([
  [200, undefined],
  [299, undefined],
  [302, 2],
  [500, 2],
  [0, 2],
])("a message that was answered with %j ends with %j", (responseCode, exitCode) => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(console, "log").mockReturnValue();
  const sent = { id: "1", kind: "ping", payload: "", timestamp: 0, duration: 1, requestUrl: "", requestHeaders: "" };
  printDelivery({}, { ...sent, responseCode, responseHeaders: "", responseBody: "" });
  expect(process.exitCode).toBe(exitCode);
});
