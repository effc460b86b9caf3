import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveEvents } from "@quillon/proto/events";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { OwnEventLog } from "./own-event-log.ts";

const dir = mkdtempSync(join(tmpdir(), "quillon-event-log-"));
afterAll(() => rmSync(dir, { recursive: true }));

const printed: string[] = [];
vi.spyOn(process.stderr, "write").mockImplementation((text) => Boolean(printed.push(String(text))));
afterEach(() => printed.splice(0));
afterAll(() => vi.restoreAllMocks());

/** Sends runs of the engine through a log. @returns what the stream beside it got. */
function send(log: OwnEventLog, runs: string[][]): string[] {
  const got: string[] = [];
  for (const events of runs) {
    const stream = log.beside({ event: (json) => got.push(json), end: (whole) => got.push(`end ${whole}`) });
    for (const event of events) stream.event(event);
    stream.end(true);
  }
  return got;
}

test("a file has the lines of the last run of the engine, as each came", async () => {
  const log = new OwnEventLog("events.txt", dir);
  const stream = log.beside({ event: () => {}, end: () => {} });
  stream.event('{"sequence":0}\n');
  expect(readFileSync(join(dir, "events.txt"), "utf8")).toBe('{"sequence":0}\n');
  stream.end(true);
  const got = send(log, [['{"sequence":0,"<é>":1}\n', '{"sequence":1}\n']]);
  await log.done(1_000);
  expect(readFileSync(join(dir, "events.txt"), "utf8")).toBe('{"sequence":0,"<é>":1}\n{"sequence":1}\n');
  expect(got).toEqual(['{"sequence":0,"<é>":1}\n', '{"sequence":1}\n', "end true"]);
  expect(printed).toEqual([]);
});

test("a file is made at the first event stream, and not before", () => {
  const log = new OwnEventLog(join(dir, "late.txt"), "/");
  expect(existsSync(join(dir, "late.txt"))).toBe(false);
  send(log, [[]]);
  expect(readFileSync(join(dir, "late.txt"), "utf8")).toBe("");
});

test("a listener gets a stream for each run of the engine, and has taken all when it is done", async () => {
  const received: string[] = [];
  const listener = await serveEvents(() => ({
    event: (json) => received.push(json),
    end: (whole) => received.push(`end ${whole}`),
  }));
  const log = new OwnEventLog(`tcp://127.0.0.1:${listener.port}`, dir);
  const own = log.beside({ event: () => {}, end: () => {} });
  own.event("a");
  own.end(true);
  await log.done(10_000);
  send(log, [["b"]]);
  await log.done(10_000);
  listener.close();
  expect(received.filter((one) => !one.startsWith("end"))).toEqual(["a", "b"]);
  expect(printed).toEqual([]);
});

test.each([
  ["no-such-folder/events.txt", /no-such-folder.events.txt can't be opened: no such file/],
  ["tcp://not a port", /tcp:\/\/not a port: Invalid URL/],
  ["tcp://127.0.0.1:1", /tcp:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/],
])("what can't be passed on to %s is said, and the server is told all the same", async (target, problem) => {
  const log = new OwnEventLog(target, dir);
  expect(send(log, [["{}"], ["{}"]])).toEqual(["{}", "end true", "{}", "end true"]);
  await log.done(10_000);
  expect(printed).toHaveLength(1);
  expect(printed[0]).toMatch(problem);
});
