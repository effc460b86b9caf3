import { routes } from "@quillon/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countJobs, send } from "../jobs/index.ts";
import { deliverJob } from "../notify/index.ts";
import { startApp, type TestApp } from "../testing/app.ts";
import { engines } from "../testing/database.ts";
import { policyRun } from "../testing/policy-run.ts";
import { newStack } from "../testing/stack.ts";
import { countRunning } from "../updates/index.ts";

/** Each label that there is, and the values that it can have; none for the words of our own tables. */
const LABELS: Record<string, RegExp> = {
  method: /^[A-Z-]+$/,
  route: /^(\/api\/[\w{}/.-]+|\/healthz|\/readyz|\/metrics|none)$/,
  status: /^([1-5]xx|aborted)$/,
  le: /^(\d+(\.\d+)?|\+Inf)$/,
  kind: /^(update|preview|refresh|destroy|import|rename)$/,
  dry_run: /^(true|false)$/,
  result: /^(succeeded|failed|cancelled)$/,
  verdict: /^(complete|incomplete|missing|not-applicable)$/,
  outcome: /^(delivered|retried|failed)$/,
  state: /^(used|idle|running|waiting|failed)$/,
  job: /^deliver-webhook$/,
  version: /^\d+\.\d+\.\d+/,
  node: /^v\d+/,
};

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const as = "Bearer metrics-token";

describe.each(engines)("the metrics on $name", (engine) => {
  let t: TestApp;
  let ready = true;
  const lines: string[] = [];
  beforeAll(async () => {
    const logTo = { write: (line: string) => lines.push(line) };
    t = await startApp(engine, {}, { metricsToken: "metrics-token", logLevel: "trace", logTo, isStarted: () => ready });
  });
  afterAll(() => t.close());

  async function samples(): Promise<Sample[]> {
    const { body, status } = await t.send("GET /metrics", undefined, { as });
    expect(status).toBe(200);
    return [...String(body).matchAll(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = "", labels = "", value]) => ({
      name,
      labels: Object.fromEntries(Array.from(labels.matchAll(/(\w+)="([^"]*)"/g), ([, key, text]) => [key, text])),
      value: Number(value),
    }));
  }

  async function total(name: string, labels: Record<string, string> = {}): Promise<number> {
    const wanted = Object.entries(labels);
    const found = (await samples()).filter(
      (one) => one.name === name && wanted.every(([key, text]) => one.labels[key] === text),
    );
    return found.reduce((sum, { value }) => sum + value, 0);
  }

  test("requests are counted by their route, and not by what was sent", async () => {
    const name = "quillon_http_request_duration_seconds_count";
    const { path } = await newStack(t);
    await t.send(`GET ${path}`);
    await t.send(`GET ${path}-absent`);
    await t.send("GET /nowhere");
    const route = "/api/stacks/{orgName}/{projectName}/{stackName}";
    expect(await total(name, { route, method: "GET", status: "2xx" })).toBe(1);
    expect(await total(name, { route, method: "GET", status: "4xx" })).toBe(1);
    expect(await total(name, { route: "none", status: "4xx" })).toBe(1);
    expect(await total("quillon_http_requests_in_flight")).toBe(1);
  });

  test("updates, their events and receipts are counted once", async () => {
    const before = await samples();
    const at = (name: string) => before.find((one) => one.name === name)?.value ?? 0;
    await policyRun(await newStack(t), { lines: ["rex two-words"] });
    expect(await total("quillon_engine_events_total")).toBe(at("quillon_engine_events_total") + 2);
    expect(await total("quillon_updates_ended_total", { kind: "update", dry_run: "false", result: "succeeded" })).toBe(
      1,
    );
    await t.upkeep();
    expect(await total("quillon_receipts_total")).toBe(1);
    expect(await total("quillon_updates_ended_total")).toBe(1);
  });

  test("jobs and running updates are counted in the database", async () => {
    await (await newStack(t)).run("preview", true);
    for (const delivery of ["a", "b"]) await send({ db: t.db }, deliverJob, { delivery, webhook: "c" });
    await sql`update pgboss.job set state = 'failed' where data->>'delivery' = 'b'`.execute(t.db);
    t.metrics.readFrom({
      ready: () => true,
      connections: () => ({ used: 0, idle: 0, waiting: 0 }),
      tasks: () => t.workers.tasks(),
      jobs: () => countJobs(t.db, [deliverJob]),
      runningUpdates: () => countRunning(t.db),
    });
    for (const state of ["waiting", "failed"])
      expect(await total("quillon_jobs", { job: "deliver-webhook", state })).toBe(1);
    expect(await total("quillon_updates_running", { kind: "preview" })).toBe(1);
  });

  test("every metric says what it is, and has only labels that don't grow with what callers send", async () => {
    t.metrics.readFrom({
      ready: () => true,
      connections: () => ({ used: 1, idle: 2, waiting: 3 }),
      tasks: () => ({ running: 1, waiting: 2 }),
      jobs: async () => [{ job: "deliver-webhook", state: "waiting", count: 3 }],
      runningUpdates: async () => [{ kind: "update", dryRun: false, count: 1 }],
    });
    t.metrics.webhookTried("delivered");
    const text: string = (await t.send("GET /metrics", undefined, { as })).body;
    const named = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(named).toHaveLength(13);
    for (const name of named) expect(text).toMatch(new RegExp(`^# HELP ${name} [A-Z1].*\\.$`, "m"));
    for (const { name, labels } of await samples()) {
      for (const [label, value] of Object.entries(labels))
        expect(value, `${name} ${label}`).toMatch(LABELS[label] ?? /never/);
    }
    const paths = new Set(Object.keys(routes).map((key) => key.split(" ")[1]));
    const measured = (await samples()).flatMap(({ labels }) => labels.route ?? []);
    expect(measured.filter((route) => !paths.has(route) && route !== "none" && route !== "/metrics")).toEqual([]);
    expect(await total("quillon_database_connections", { state: "idle" })).toBe(2);
    expect(await total("quillon_database_waiting")).toBe(3);
    expect(await total("quillon_updates_running", { kind: "update" })).toBe(1);
  });

  test("what can't be read is left out, and the rest is answered", async () => {
    const gone = () => Promise.reject(new Error("gone"));
    t.metrics.readFrom({
      ready: () => false,
      connections: () => ({ used: 0, idle: 0, waiting: 0 }),
      tasks: () => ({ running: 0, waiting: 0 }),
      jobs: gone,
      runningUpdates: gone,
    });
    const names = new Set((await samples()).map(({ name }) => name));
    expect(names).toContain("quillon_ready");
    expect(names).not.toContain("quillon_jobs");
  });

  test.each(["", "Bearer", "Bearer wrong", "token metrics-token", "Basic metrics-token", "Bearer metrics-tokens"])(
    "without the right token they are not answered: %j",
    async (wrong) => {
      const answer = await t.send("GET /metrics", undefined, { as: wrong });
      expect(answer).toMatchObject({
        status: 401,
        body: { id: "unauthorized" },
        headers: { "www-authenticate": "Bearer" },
      });
    },
  );

  test("they are answered while the server starts", async () => {
    ready = false;
    expect((await t.send("GET /metrics", undefined, { as })).status).toBe(200);
    ready = true;
  });

  test("the token is in no line of the log", () => {
    expect(lines.join("")).toContain('"path":"/metrics"');
    expect(lines.join("")).not.toContain("metrics-token");
  });

  test("without a token there is no such route", async () => {
    const other = await startApp(engine);
    for (const credentials of [as, "Bearer undefined", "Bearer "])
      expect((await other.send("GET /metrics", undefined, { as: credentials })).status).toBe(404);
    await other.close();
  });
});
