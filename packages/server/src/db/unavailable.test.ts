import { newError } from "@quillon/contract";
import { afterEach, expect, test, vi } from "vitest";
import { isUnavailable, isWorthRetrying } from "./unavailable.ts";

const coded = (code: string, more: object = {}) => Object.assign(new Error("text"), { code, ...more });

test.each<[what: string, error: unknown, unavailable: boolean]>([
  ["terminated by an administrator", coded("57P01"), true],
  ["starting up", coded("57P03"), true],
  ["too many connections", coded("53300"), true],
  ["a full disk", coded("53100"), true],
  ["a statement that took too long", coded("57014"), true],
  ["a standby, which only reads", coded("25006"), true],
  ["a transaction that took too long", coded("25P04"), true],
  ["a port on which nobody listens", coded("ECONNREFUSED"), true],
  ["a unix socket that is missing", coded("ENOENT", { syscall: "connect" }), true],
  ["a broken connection", new Error("Connection terminated unexpectedly"), true],
  ["no free connection in time", new Error("timeout exceeded when trying to connect"), true],
  ["an embedded database that ended", new Error("The embedded database failed: unreachable"), true],
  ["no thread for a task", newError("server_busy", {}), true],
  ["a state that is lost", newError("state_missing", {}), false],
  ["a file that is missing", coded("ENOENT", { syscall: "open" }), false],
  ["a duplicate", coded("23505"), false],
  ["a mistake in SQL", coded("42601"), false],
  ["a mistake in our code", new TypeError("x is not a function"), false],
  ["something that is not an error", "57P01", false],
])("%s", (_, error, unavailable) => {
  expect(isUnavailable(error)).toBe(unavailable);
});

afterEach(() => vi.restoreAllMocks());

test("a server that has just started has not tried in vain, however old the work is", () => {
  vi.spyOn(process, "uptime").mockReturnValue(30);
  expect(isWorthRetrying(coded("57014"), new Date(0))).toBe(true);
});

test.each<[what: string, error: unknown, minutes: number, retried: boolean]>([
  ["a deadlock", coded("40P01"), 60, true],
  ["a database that is away", coded("57P01"), 60, true],
  ["a statement that took too long, once", coded("57014"), 1, true],
  ["a statement that always takes too long", coded("57014"), 11, false],
  ["a transaction that took too long, once", coded("25P04"), 1, true],
  ["a transaction that always takes too long", coded("25P04"), 11, false],
  ["a mistake in SQL", coded("42601"), 0, false],
])("work is tried again later, or not, after %s", (_, error, minutes, retried) => {
  vi.spyOn(process, "uptime").mockReturnValue(3600);
  expect(isWorthRetrying(error, new Date(Date.now() - minutes * 60_000))).toBe(retried);
});
