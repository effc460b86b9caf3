import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, type Client } from "@quillon/contract/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LateReport } from "./late-report.ts";
import { planOf } from "./registration.ts";
import { sendKept } from "./spool.ts";

const server = "https://a";
const place = { backend: "s3://states", project: "pets", stack: "dev" };
const facts = { name: "pets", runtime: "nodejs", metadata: { environment: {} } };
const basis = { requirements: { text: "{}", signature: "AA==" } };
const event = (sequence: number) => ({ sequence, timestamp: 0 });
const gone = new TypeError("fetch failed");

interface Told {
  basis: { ran: { from: number } };
}

let unsent: string;
let said: string;
beforeEach(() => {
  unsent = mkdtempSync(join(tmpdir(), "quillon-late-"));
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(unsent, { recursive: true });
});

/** A server. @param fails is asked before each request what it fails with. */
function serverThat(fails: (request: string) => Error | undefined = () => undefined) {
  const taken: [request: string, body: unknown][] = [];
  const call = async (route: string, { body }: { body?: Record<string, unknown> }) => {
    const request = route.replace(/.*\{stackName\}/, "").replace(/^PUT .*/, "register");
    const error = fails(request);
    if (error) throw error;
    taken.push([request, body]);
    if (request === "register") return { project: "pets", stack: "dev", backend: place.backend };
    return { updateID: `u${taken.length}`, token: "secret", GitHubLogin: "acme" };
  };
  return { client: { call } as unknown as Client, taken, requests: () => taken.map(([request]) => request) };
}

const reportTo = (client: Client, skipPreview = true) =>
  new LateReport(
    { orgName: "acme", place, facts, basis, plan: planOf({ command: "up", skipPreview }) },
    { client, server, unsent },
  );
const kept = () => readdirSync(unsent).map((name) => JSON.parse(readFileSync(join(unsent, name), "utf8")));
const ONE = [
  "register",
  "/update",
  "/update/{updateID}",
  "/update/{updateID}/events/batch",
  "/update/{updateID}/complete",
];

test("a run is kept from before it begins, and told when it is over", async () => {
  const { client, taken, requests } = serverThat();
  const report = reportTo(client);
  const [run] = await report.begin();
  expect(kept()).toMatchObject([{ server, late: { pid: process.pid, runs: [{ events: [], status: "failed" }] } }]);
  run?.add(event(0));
  await report.end(["succeeded"]);
  expect(requests()).toEqual(ONE);
  const ran = { from: expect.any(Number), to: expect.any(Number) };
  expect(taken[1]?.[1]).toMatchObject({ backend: place.backend, options: { dryRun: false }, basis: { ...basis, ran } });
  expect(taken.slice(3).map(([, body]) => body)).toEqual([{ events: [event(0)] }, { status: "succeeded" }]);
  expect(readdirSync(unsent)).toEqual([]);
});

test("while the server is gone it is kept, and it is sent the next time", async () => {
  const report = reportTo(serverThat(() => gone).client);
  const [run] = await report.begin();
  run?.add(event(0));
  await report.end(["failed"]);
  expect(said).toContain("is kept, and sent with the next quillon run");
  const back = serverThat();
  await sendKept(unsent, "https://b", back.client);
  expect(back.requests()).toEqual([]);
  await sendKept(unsent, server, back.client);
  expect(back.requests()).toEqual(ONE);
  expect(readdirSync(unsent)).toEqual([]);
});

test("that of a process that still runs is left to it; of one that was killed it is told that it began", async () => {
  const { client, requests, taken } = serverThat();
  const begunBy = async (pid: number | undefined) => {
    await reportTo(client).begin();
    const [name = ""] = readdirSync(unsent);
    const [{ late }] = kept();
    writeFileSync(join(unsent, name), JSON.stringify({ server, late: { ...late, pid } }));
    await sendKept(unsent, server, client);
  };
  await begunBy(process.ppid);
  expect(requests()).toEqual([]);
  rmSync(join(unsent, readdirSync(unsent)[0] ?? ""));
  await begunBy(spawnSync(process.execPath, ["-e", "0"]).pid);
  const began = ONE.filter((one) => !one.endsWith("/batch"));
  expect(requests()).toEqual(began);
  expect(taken.at(-1)?.[1]).toEqual({ status: "failed" });
  // In a container the next one has the number of the one that was killed.
  await begunBy(process.pid);
  expect(requests()).toEqual([...began, ...began]);
});

test("one that was damaged is moved aside, and stops no command", async () => {
  await reportTo(serverThat().client).begin();
  const [name = ""] = readdirSync(unsent);
  const [{ late }] = kept();
  const { client, requests } = serverThat();
  const damaged = [
    {},
    { ...late, place: {} },
    { ...late, basis: { ran: { from: "now" } } },
    { ...late, runs: [null] },
    { ...late, runs: [{ ...late.runs[0], events: 5 }] },
    { ...late, runs: [{ ...late.runs[0], kind: undefined }] },
  ];
  for (const one of damaged) {
    const whole = { token: "secret", status: "failed", params: { updateID: "u" }, events: [] };
    writeFileSync(join(unsent, name), JSON.stringify({ server, ...whole, late: { ...one, pid: undefined } }));
    await sendKept(unsent, server, client);
    expect(readdirSync(unsent)).toEqual([`${name}.damaged`]);
  }
  expect(requests()).toEqual([]);
});

test("what happened first is told first", async () => {
  for (const time of [3e12, 1e12, 4e12, 2e12]) {
    vi.spyOn(Date, "now").mockReturnValue(time);
    const report = reportTo(serverThat(() => gone).client);
    await report.begin();
    await report.end(["succeeded"]);
  }
  const { client, taken } = serverThat();
  await sendKept(unsent, server, client);
  const times = taken.filter(([request]) => request === "/update").map(([, body]) => (body as Told).basis.ran.from);
  expect(times).toEqual([1e9, 2e9, 3e9, 4e9]);
});

test("a command that could not be run leaves nothing", async () => {
  const report = reportTo(serverThat().client);
  await report.begin();
  await report.abandon();
  expect(readdirSync(unsent)).toEqual([]);
});

test("of a preview and its update each is told once, whenever the server goes away", async () => {
  let left = 0;
  const { client, requests } = serverThat(() => (left-- > 0 ? undefined : gone));
  const report = reportTo(client, false);
  for (const run of await report.begin()) run.add(event(0));
  await report.end(["succeeded", "succeeded"]);
  for (let more = 1; readdirSync(unsent).length > 0; more++) {
    left = more;
    await sendKept(unsent, server, client);
  }
  const ends = requests().filter((one) => one.endsWith("/complete"));
  expect(ends).toHaveLength(2);
});

test.each<[id: string, status: number, then: string, left: RegExp]>([
  ["stack_busy", 409, "It is kept, and sent with a later quillon run.", /\.json$/],
  ["unauthorized", 401, "It is kept, and sent with a later quillon run.", /\.json$/],
  ["requirements_refused", 400, "It is kept as ", /\.json\.refused$/],
])("a server that answers %s is not asked in vain", async (id, status, then, left) => {
  const report = reportTo(
    serverThat((request) => (request === "/update" ? new ApiError(status, id, "No.") : undefined)).client,
  );
  await report.begin();
  await report.end(["succeeded"]);
  expect(said).toContain("Quillon does not take the report of a run of pets/dev at ");
  expect(said).toContain(then);
  expect(readdirSync(unsent)).toEqual([expect.stringMatching(left)]);
});
