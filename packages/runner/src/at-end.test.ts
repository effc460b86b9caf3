import { expect, test } from "vitest";
import { atEnd } from "./at-end.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "exit"] as const;
const counts = () => SIGNALS.map((signal) => process.listenerCount(signal));

test("signals are listened to only while there is something to undo", () => {
  const before = counts();
  const forgetFolder = atEnd(() => {});
  const forgetProcess = atEnd(() => {}, { isProcess: true });
  const during = before.map((count) => count + 1);
  expect(counts()).toEqual(during);
  forgetFolder();
  expect(counts()).toEqual(during);
  forgetProcess();
  forgetProcess();
  expect(counts()).toEqual(before);
});
