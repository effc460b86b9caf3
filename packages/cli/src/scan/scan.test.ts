import type { Client } from "@quillon/contract/client";
import { expect, test } from "vitest";
import { type Pulumi, PulumiFailed } from "./pulumi.ts";
import { type Scan, scanStack } from "./scan.ts";

const START = Date.parse("2030-01-01T00:00:00Z");
const timeAt = (minute: number) => new Date(START + minute * 60_000).toISOString();
const at = (minute: number) => ({ startTime: timeAt(minute), endTime: timeAt(minute) });
const update = (minute: number) => ({ kind: "update", result: "succeeded", ...at(minute) });

/** A CLI that knows one history, the newest first, and gives no more than a page of it. */
function pulumiOf(history: object[], calls: string[] = []): Pulumi {
  return async (args) => {
    calls.push(args.join(" "));
    const [size, page] = ["--page-size", "--page"].map((flag) => Number(args[args.indexOf(flag) + 1]));
    const from = ((page ?? 1) - 1) * (size ?? 0);
    return Buffer.from(JSON.stringify(history.slice(from, from + (size ?? 0))));
  };
}

/** A server that has these runs of every stack, on pages of two. */
function clientOf(runs: object[], asked: string[] = []): Client {
  const call = async (route: string, { query }: { query?: { continuationToken?: string } }) => {
    asked.push(route);
    if (route.includes("/receipts/")) return { receipt: JSON.stringify({ reasons: ["Too little."] }), signature: "" };
    const from = Number(query?.continuationToken ?? 0);
    const more = from + 2 < runs.length && { continuationToken: String(from + 2) };
    return { updates: runs.slice(from, from + 2), ...more };
  };
  return { call } as unknown as Client;
}

const run = (minute: number, more: object = {}) => ({
  ...{ updateID: `u${minute}`, kind: "update", dryRun: false, status: "succeeded", receipt: "complete" },
  ...{ startedAt: timeAt(minute), endedAt: timeAt(minute) },
  ...more,
});

const dev = { name: "organization/pets/dev", project: "pets", stack: "dev" };
const known = { project: "pets", stack: "dev", here: { project: "pets", stack: "dev-2" }, since: timeAt(0) };

function scan(pulumi: Pulumi, runs: object[], more: Partial<Scan> = {}): Scan {
  const server = { client: clientOf(runs), orgName: "acme" };
  return { pulumi, server, known: [known], since: 0, now: START + 1e9, readsStates: false, ...more };
}

test("updates are compared with the runs that are real", async () => {
  const history = [update(30), { kind: "refresh", ...at(25) }, update(20), update(10)];
  const runs = [run(30), run(30, { dryRun: true }), run(20, { kind: "refresh" }), run(10)];
  expect(await scanStack(dev, scan(pulumiOf(history), runs))).toEqual({
    ...{ project: "pets", stack: "dev", here: known.here, status: "bypassed", updates: 3, known: 2, incomplete: [] },
    withoutReceipt: [{ startedAt: "2030-01-01T00:20:00Z", endedAt: "2030-01-01T00:20:00Z", result: "succeeded" }],
  });
});

test("a run whose receipt is not complete is told with the reasons", async () => {
  const runs = [run(30, { receipt: "missing" }), run(20, { receipt: "not-applicable" })];
  expect(await scanStack(dev, scan(pulumiOf([update(30), update(20)]), runs))).toMatchObject({
    status: "incomplete",
    known: 2,
    incomplete: [{ updateID: "u30", outcome: "succeeded", receipt: "missing", reasons: ["Too little."] }],
  });
});

test.each<[what: string, listed: { name: string; project: string | undefined; stack: string }, status: string]>([
  ["of the same names", dev, "ok"],
  ["of a backend of the older layout", { name: "dev", project: undefined, stack: "dev" }, "ok"],
  ["of another project", { ...dev, project: "cars" }, "unknown"],
  ["of another name", { ...dev, stack: "prod" }, "unknown"],
])("a stack %s", async (_, listed, status) => {
  expect(await scanStack(listed, scan(pulumiOf([]), []))).toMatchObject({ status });
});

test("what is older than it was known, or than is asked for, is not looked at, nor are pages read of it", async () => {
  const history = Array.from({ length: 500 }, (_, index) => update(150 - index));
  const calls: string[] = [];
  const all = scan(pulumiOf(history, calls), []);
  expect(await scanStack(dev, all)).toMatchObject({ updates: 151, known: 0 });
  expect(calls).toHaveLength(2);
  const since = START + 100 * 60_000;
  expect(await scanStack(dev, { ...all, since })).toMatchObject({ updates: 51 });
  expect(calls).toHaveLength(3);
});

test("all pages of runs are read that can matter", async () => {
  const asked: string[] = [];
  const runs = [60, 50, 40, 30, 20, 10].map((minute) => run(minute));
  const server = { client: clientOf(runs, asked), orgName: "acme" };
  const history = [update(60), update(50), update(40)];
  const since = START + 35 * 60_000;
  expect(await scanStack(dev, scan(pulumiOf(history), [], { server, since }))).toMatchObject({
    status: "ok",
    known: 3,
  });
  expect(asked).toHaveLength(2);
});

test.each<[what: string, pulumi: Pulumi, readsStates: boolean, problem: string]>([
  ["a history", () => Promise.reject(new PulumiFailed("invalid character")), false, "invalid character"],
  ["another output", async () => Buffer.from("{}"), false, "The Pulumi CLI has not printed a history, but: {}"],
  [
    "a state",
    (args) => (args.includes("export") ? Promise.reject(new PulumiFailed("no state")) : pulumiOf([])(args)),
    true,
    "no state",
  ],
])("a stack with %s that can't be read is told as such", async (_, pulumi, readsStates, problem) => {
  expect(await scanStack(dev, scan(pulumi, [], { readsStates }))).toMatchObject({ status: "unreadable", problem });
});

test("a server that can't be asked ends all", async () => {
  const client = { call: () => Promise.reject(new TypeError("fetch failed")) } as unknown as Client;
  const server = { client, orgName: "acme" };
  await expect(scanStack(dev, scan(pulumiOf([]), [], { server }))).rejects.toThrow("fetch failed");
});
