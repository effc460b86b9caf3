import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, type Client } from "@quillon/contract/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Known, ReportedRun } from "./reported-run.ts";
import { keep, sendKept } from "./spool.ts";

const params = { orgName: "acme", projectName: "web", stackName: "dev", updateID: "u1" };
const known: Known = { params, token: "secret" };
const event = (sequence: number) => ({ sequence, timestamp: 0 });
const unreachable = new TypeError("fetch failed");
const over = new ApiError(403, "lease_invalid", "The lease is over.");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quillon-unsent-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A server that answers with these errors, one after the other, and then takes everything. */
function server(...errors: Error[]) {
  const taken: unknown[] = [];
  const call = async (route: string, { body, headers }: { body: object; headers: object }) => {
    expect(headers).toEqual({ authorization: "update-token secret" });
    const error = errors.shift();
    if (error) throw error;
    if (route.endsWith("/events/batch"))
      taken.push(...(body as { events: { sequence: number }[] }).events.map(({ sequence }) => sequence));
    else taken.push((body as { status: string }).status);
  };
  return { client: { call } as unknown as Client, taken };
}

test("events are sent in their order, and then the end", async () => {
  const { client, taken } = server();
  const run = new ReportedRun(client, known);
  for (let sequence = 0; sequence < 1_200; sequence++) run.add(event(sequence));
  expect(await run.end("failed", 1_000)).toBeUndefined();
  expect(taken).toEqual([...Array(1_200).keys(), "failed"]);
});

test("events that come one soon after the other are sent in one request", async () => {
  const { client, taken } = server();
  const requests: string[] = [];
  const call: Client["call"] = (route, input) => {
    requests.push(route.replace(/.*[/]/, ""));
    return client.call(route, input);
  };
  const run = new ReportedRun({ ...client, call }, known);
  for (let sequence = 0; sequence < 3; sequence++) {
    run.add(event(sequence));
    await new Promise(setImmediate);
  }
  await run.end("succeeded", 60_000);
  expect(requests).toEqual(["batch", "complete"]);
  expect(taken).toEqual([0, 1, 2, "succeeded"]);
});

test("a server that can't be reached, or has an error, or is behind a proxy that refuses, is tried again", async () => {
  const passing = [
    new ApiError(503, "unavailable", "Wait."),
    new ApiError(429, "too_many_requests", "Wait."),
    new ApiError(408, "body_too_slow", "It came too slowly."),
    new ApiError(400, "body_incomplete", "Send it again."),
    new ApiError(403, "unknown", "What answered 403 is not Quillon."),
  ];
  const { client, taken } = server(unreachable, ...passing, unreachable);
  const run = new ReportedRun(client, known, { retryMs: 1 });
  run.add(event(0));
  expect(await run.end("succeeded", 60_000)).toBeUndefined();
  expect(taken).toEqual([0, "succeeded"]);
});

test("what a server does not take is not sent again", async () => {
  const { client, taken } = server(over);
  const run = new ReportedRun(client, known, { retryMs: 1 });
  run.add(event(0));
  await expect.poll(() => run.refusal).toBe("The lease is over.");
  run.add(event(1));
  expect(await run.end("succeeded", 60_000)).toBeUndefined();
  expect(taken).toEqual([]);
});

test("what a server that is gone could not be told is kept for it, and sent the next time", async () => {
  const gone = server(...Array<Error>(1_000).fill(unreachable));
  const run = new ReportedRun(gone.client, known, { retryMs: 1 });
  run.add(event(0));
  run.add(event(1));
  const unsent = await run.end("succeeded", 5);
  expect(unsent).toEqual({ ...known, events: [event(0), event(1)], status: "succeeded" });
  if (unsent) await keep(folder, "https://a", unsent);

  await sendKept(folder, "https://a", gone.client);
  const other = server();
  await sendKept(folder, "https://b", other.client);
  expect(other.taken).toEqual([]);
  const back = server();
  await sendKept(folder, "https://a", back.client);
  expect(back.taken).toEqual([0, 1, "succeeded"]);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["an event", true],
  ["the end", false],
])("a server that takes %s and does not answer is not waited for any longer", async (_, withEvent) => {
  let ended = 0;
  const call = (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise(() => signal.addEventListener("abort", () => ended++));
  const silent = { call } as unknown as Client;
  const run = new ReportedRun(silent, known);
  if (withEvent) run.add(event(0));
  const events = withEvent ? [event(0)] : [];
  expect(await run.end("succeeded", 5)).toEqual({ ...known, events, status: "succeeded" });
  expect(ended).toBe(1);
});

test.each([0, 5])("nor is it when somebody wants the end after %i ms, and what it was not told is kept", async (ms) => {
  const silent = { call: () => new Promise(() => {}) } as unknown as Client;
  const run = new ReportedRun(silent, known);
  run.add(event(0));
  const hurry = new AbortController();
  if (ms === 0) hurry.abort();
  else setTimeout(() => hurry.abort(), ms);
  expect(await run.end("failed", 3_600_000, hurry.signal)).toEqual({ ...known, events: [event(0)], status: "failed" });
});

test("a damaged file is moved aside, and what was kept beside it is sent", async () => {
  await keep(folder, "https://a", { ...known, events: [event(0)], status: "failed" });
  for (const [name, text] of Object.entries({ a: "{", b: "null", c: '{"server":"https://a"}' }))
    writeFileSync(join(folder, `${name}.json`), text);
  const { client, taken } = server();
  await sendKept(folder, "https://a", client);
  expect(taken).toEqual([0, "failed"]);
  expect(readdirSync(folder).sort()).toEqual(["a.json.damaged", "b.json.damaged", "c.json.damaged"]);
});

test("what is kept for too long is given up", async () => {
  await keep(folder, "https://a", { ...known, events: [event(0)], status: "failed" });
  await sendKept(folder, "https://a", server(over).client);
  expect(readdirSync(folder)).toEqual([]);
});
