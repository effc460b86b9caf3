import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is read when somebody asks for the metrics. */
export interface MetricSources {
  /** Whether requests are served. */
  ready(): boolean;
  connections(): { used: number; idle: number; waiting: number };
  tasks(): { running: number; waiting: number };
  /** Asks the database. */
  jobs(): Promise<{ job: string; state: "waiting" | "running" | "failed"; count: number }[]>;
  /** Asks the database. */
  runningUpdates(): Promise<{ kind: string; dryRun: boolean; count: number }[]>;
}

/** In seconds. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** A database that does not answer must not keep the other metrics back. Prometheus waits for ten seconds. */
const PATIENCE_MS = 3_000;

/**
 * What an operator wants to know of this process, in Prometheus' text format. No label has what a caller has chosen, and none has the
 * name of an organization, a project or a stack, so their number does not grow.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #base = { registers: [this.#registry] };
  #sources: MetricSources | undefined;
  #asked: Promise<string> | undefined;

  readonly #requests = new Histogram({
    ...this.#base,
    name: "quillon_http_request_duration_seconds",
    help: "Requests by how long they took, until the answer was sent. The status is a class such as 2xx, or aborted when the client left without an answer.",
    labelNames: ["method", "route", "status"],
    buckets: BUCKETS,
  });
  readonly #inFlight = new Gauge({
    ...this.#base,
    name: "quillon_http_requests_in_flight",
    help: "Requests that are not answered yet.",
  });
  readonly #events = new Counter({
    ...this.#base,
    name: "quillon_engine_events_total",
    help: "Engine events that were recorded and read for what policies said, also those that were sent again.",
  });
  readonly #ended = new Counter({
    ...this.#base,
    name: "quillon_updates_ended_total",
    help: "Updates, previews, refreshes and destroys that have ended, by their result.",
    labelNames: ["kind", "dry_run", "result"],
  });
  readonly #receipts = new Counter({
    ...this.#base,
    name: "quillon_receipts_total",
    help: "Receipts that were made, by whether the required packs ran.",
    labelNames: ["verdict"],
  });
  readonly #deliveries = new Counter({
    ...this.#base,
    name: "quillon_webhook_deliveries_total",
    help: "Attempts to send a message to a webhook: delivered, retried later, or given up (failed).",
    labelNames: ["outcome"],
  });

  /** @param of.version this server's. `of.process`: with what Node.js says of the process, which is the same for all of its servers. */
  constructor({ version, process: withProcess = false }: { version: string; process?: boolean }) {
    if (withProcess) collectDefaultMetrics({ register: this.#registry });
    const info = this.#gauge("quillon_build_info", "This server's version, as a label. The value is always 1.", [
      "version",
      "node",
    ]);
    info.set({ version, node: process.version }, 1);
    this.#collect();
  }

  /** The type of the text. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** From now on the text has what these tell, too. */
  readFrom(sources: MetricSources): void {
    this.#sources = sources;
  }

  /** All metrics, in Prometheus' text format. Those who ask at the same time get the same. */
  text(): Promise<string> {
    this.#asked ??= this.#registry.metrics().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  requestBegan(): void {
    this.#inFlight.inc();
  }

  /** @param request.route of our table, or one word for all others. `status`: undefined when there was no answer. */
  requestEnded({
    method,
    route,
    status,
    ms,
  }: {
    method: string;
    route: string;
    status: number | undefined;
    ms: number;
  }): void {
    this.#inFlight.dec();
    const kind = status === undefined ? "aborted" : `${Math.floor(status / 100)}xx`;
    this.#requests.observe({ method, route, status: kind }, ms / 1000);
  }

  eventsRecorded(count: number): void {
    this.#events.inc(count);
  }

  updateEnded({ kind, dryRun, status }: { kind: string; dryRun: boolean; status: string }): void {
    this.#ended.inc({ kind, dry_run: String(dryRun), result: status });
  }

  receiptMade(verdict: string): void {
    this.#receipts.inc({ verdict });
  }

  webhookTried(outcome: "delivered" | "retried" | "failed"): void {
    this.#deliveries.inc({ outcome });
  }

  #collect(): void {
    this.#gauge("quillon_ready", "1 while the server accepts requests, else 0.", [], (gauge, { ready }) =>
      gauge.set(Number(ready())),
    );
    this.#gauge(
      "quillon_database_connections",
      "Connections to the database, in use or idle. The embedded database has a single one.",
      ["state"],
      (gauge, { connections }) => {
        const { used, idle } = connections();
        gauge.set({ state: "used" }, used);
        gauge.set({ state: "idle" }, idle);
      },
    );
    this.#gauge(
      "quillon_database_waiting",
      "Queries and transactions that wait for a connection.",
      [],
      (gauge, { connections }) => gauge.set(connections().waiting),
    );
    this.#gauge("quillon_worker_tasks", "Tasks in worker threads.", ["state"], (gauge, { tasks }) => {
      const { running, waiting } = tasks();
      gauge.set({ state: "running" }, running);
      gauge.set({ state: "waiting" }, waiting);
    });
    this.#gauge(
      "quillon_jobs",
      "Jobs of all servers of this database. Messages of webhooks are deliver-webhook. Failed ones are not tried again, and are forgotten after a day.",
      ["job", "state"],
      async (gauge, { jobs }) => {
        for (const { count, ...labels } of await soon(jobs())) gauge.set(labels, count);
      },
    );
    this.#gauge(
      "quillon_updates_running",
      "Updates, previews, refreshes and destroys that run, of all servers of this database.",
      ["kind", "dry_run"],
      async (gauge, { runningUpdates }) => {
        for (const { kind, dryRun, count } of await soon(runningUpdates()))
          gauge.set({ kind, dry_run: String(dryRun) }, count);
      },
    );
  }

  /** @param read sets it when somebody asks. What can't be read is left out. */
  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    read?: (gauge: Gauge<L>, sources: MetricSources) => void | Promise<void>,
  ): Gauge<L> {
    const sources = () => this.#sources;
    return new Gauge({
      ...this.#base,
      name,
      help,
      labelNames,
      ...(read && {
        async collect() {
          const known = sources();
          this.reset();
          try {
            if (known) await read(this, known);
          } catch {
            this.reset();
          }
        },
      }),
    });
  }
}

async function soon<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("There was no answer in time.")), PATIENCE_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
