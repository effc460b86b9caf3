import { hash, randomBytes } from "node:crypto";
import type { Client, Reply } from "./client.ts";
import type { HistoryEntry, Outcome, State } from "./history.ts";

const resourceOf = (name: string, more: object = {}) => ({
  urn: `urn:pulumi:dev::faults::a:b:C::${name}`,
  type: "a:b:C",
  custom: true,
  id: name,
  ...more,
});

export function readState({ text }: Reply): State {
  const { deployment } = JSON.parse(text) as { deployment: { resources?: { urn: string }[] } };
  const names = (deployment.resources ?? []).map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
  return { names: names.sort(), sha256: hash("sha256", text) };
}

/** A stack of `acme`, and what clients do with it. */
export class Stack {
  readonly name: string;
  readonly path: string;
  /** The names of the runs, by the ids of their updates. */
  readonly runs = new Map<string, string>();
  #made = 0;

  constructor(name: string) {
    this.name = name;
    this.path = `/api/stacks/acme/faults/${name}`;
  }

  async make(client: Client): Promise<void> {
    const { status, text } = await client.ask("POST /api/stacks/acme/faults", { body: { stackName: this.name } });
    if (status !== 200 && status !== 409) throw new Error(text);
  }

  newName(kind: string): string {
    this.#made += 1;
    return `${this.name}-${kind}${this.#made}`;
  }

  read(client: Client, version?: number): Promise<Outcome<"read">> {
    const asked = version === undefined ? { stack: this.name } : { stack: this.name, version };
    const path = `${this.path}/export${version === undefined ? "" : `/${version}`}`;
    return client.until("read", asked, `GET ${path}`, { read: readState });
  }

  /** Cancels the update that is the newest one. */
  async cancel(client: Client): Promise<void> {
    const { text } = await client.ask(`GET ${this.path}`);
    const { activeUpdate } = JSON.parse(text) as { activeUpdate: string };
    const run = this.runs.get(activeUpdate);
    if (run) await this.cancelRun(client, { id: activeUpdate, run });
  }

  cancelRun(client: Client, { id, run }: { id: string; run: string }): Promise<Outcome<"cancel">> {
    return client.until("cancel", { stack: this.name, run }, `POST ${this.path}/update/${id}/cancel`, {});
  }

  import(client: Client): Promise<Outcome<"import">> {
    const name = this.newName("import");
    const body = { version: 3, deployment: { resources: [resourceOf(name)] } };
    return client.until("import", { stack: this.name, state: { names: [name] } }, `POST ${this.path}/import`, { body });
  }

  /** Creates an update and starts it. @returns undefined when the stack is held, or nobody knows whether it was started. */
  async begin(client: Client): Promise<Update | undefined> {
    const created = await this.create(client);
    return created && this.start(client, created);
  }

  async create(client: Client): Promise<{ id: string; run: string } | undefined> {
    const run = this.newName("run");
    let id = "";
    const read = ({ text }: Reply) => {
      const answer = JSON.parse(text) as { updateID: string; requiredPolicies: { name: string; versionTag: string }[] };
      id = answer.updateID;
      return answer.requiredPolicies.map(({ name, versionTag }) => `${name}@${versionTag}`);
    };
    const body = { metadata: { message: run } };
    const asked = { stack: this.name, run };
    const { result } = await client.until("create", asked, `POST ${this.path}/update`, { body, read });
    if (result !== "done") return undefined;
    this.runs.set(id, run);
    return { id, run };
  }

  async start(client: Client, { id, run }: { id: string; run: string }): Promise<Update | undefined> {
    let token = "";
    const read = ({ text }: Reply) => {
      const answer = JSON.parse(text) as { version: number; token: string };
      token = answer.token;
      return { version: answer.version };
    };
    const asked = { stack: this.name, run };
    const sending = { body: { journalVersion: 1 }, read };
    const { result } = await client.until("start", asked, `POST ${this.path}/update/${id}`, sending);
    return result === "done" ? new Update(this, client, { id, run, token }) : undefined;
  }

  /** Reads all that a checker needs, when nobody writes any more. */
  async readAll(client: Client): Promise<void> {
    const stack = this.name;
    const history = await client.until("history", { stack }, `GET ${this.path}/updates`, {
      read({ text }) {
        const { updates } = JSON.parse(text) as { updates: { version: number; message: string; result: string }[] };
        return updates.map(({ version, message: run, result }): HistoryEntry => ({ version, run, result }));
      },
    });
    for (const { version } of history.answer ?? []) await this.read(client, version);
    await this.read(client);
    const started = new Set(history.answer?.map(({ run }) => run));
    for (const [id, run] of this.runs) if (started.has(run)) await this.#readRun(client, id, run);
  }

  async #readRun(client: Client, id: string, run: string): Promise<void> {
    const asked = { stack: this.name, run };
    await client.until("read events", asked, `GET ${this.path}/update/${id}/events`, {
      read({ text }) {
        const { events } = JSON.parse(text) as { events: { sequence: number; stdoutEvent: { message: string } }[] };
        return events.map(({ sequence, stdoutEvent }) =>
          stdoutEvent.message === `${run} ${sequence}` ? sequence : -1,
        );
      },
    });
    const { status, text } = await client.ask(`GET /api/quillon/orgs/acme/receipts/${id}`);
    await client.recorder.record("receipt", asked, async () => {
      if (status !== 200) return { result: "done", answer: null };
      const { packs } = JSON.parse(JSON.parse(text).receipt) as { packs?: { pack: string; tag: string }[] };
      return { result: "done", answer: packs?.map(({ pack, tag }) => `${pack}@${tag}`) ?? null };
    });
  }
}

/** A real update that was started, and what its CLI sends. */
export class Update {
  readonly id: string;
  readonly run: string;
  readonly #stack: Stack;
  readonly #client: Client;
  readonly #as: string;
  readonly #path: string;
  #number = 0;
  #entries = 0;
  #events = 0;
  #text = "";
  readonly #resources: object[] = [];

  constructor(stack: Stack, client: Client, { id, run, token }: { id: string; run: string; token: string }) {
    this.id = id;
    this.run = run;
    this.#stack = stack;
    this.#client = client;
    this.#as = `update-token ${token}`;
    this.#path = `${stack.path}/update/${id}`;
  }

  get #of() {
    return { stack: this.#stack.name, run: this.run };
  }

  /** Stores a whole state with one more resource, as a delta when there is one before it. @param padding bytes that can't be compressed. */
  save(padding = 0): Promise<Outcome<"save">> {
    this.#number += 1;
    const number = this.#number;
    this.#resources.push(
      resourceOf(
        `${this.run}-${number}`,
        padding > 0 ? { inputs: { x: randomBytes(padding).toString("base64") } } : {},
      ),
    );
    const before = this.#text;
    this.#text = JSON.stringify({ version: 3, deployment: { resources: this.#resources } });
    const sha256 = hash("sha256", this.#text);
    const names = this.#resources.map((_, index) => `${this.run}-${index + 1}`).sort();
    const body = before
      ? { version: 3, sequenceNumber: number, checkpointHash: sha256, deploymentDelta: [deltaOf(before, this.#text)] }
      : `{"version":3,"sequenceNumber":${number},"untypedDeployment":${this.#text}}`;
    const request = `PATCH ${this.#path}/${before ? "checkpointdelta" : "checkpointverbatim"}`;
    return this.#client.until("save", { ...this.#of, number, state: { names, sha256 } }, request, {
      body,
      as: this.#as,
    });
  }

  /** Adds resources by the journal. */
  add(count: number): Promise<Outcome<"add">> {
    this.#number += 1;
    const number = this.#number;
    const entries = Array.from({ length: count }, () => {
      this.#entries += 1;
      const numbers = { version: 1, kind: 1, sequenceID: this.#entries, operationID: this.#entries };
      return { ...numbers, removeOld: null, removeNew: null, state: resourceOf(`${this.run}-${this.#entries}`) };
    });
    const names = entries.map(({ state }) => state.id);
    const request = `PATCH ${this.#path}/journalentries`;
    return this.#client.until("add", { ...this.#of, number, names }, request, { body: { entries }, as: this.#as });
  }

  events(count: number): Promise<Outcome<"events">> {
    const numbers = Array.from({ length: count }, (_, index) => this.#events + index);
    this.#events += count;
    const events = numbers.map((sequence) => ({
      ...{ sequence, timestamp: 1, stdoutEvent: { message: `${this.run} ${sequence}`, color: "" } },
    }));
    const request = `POST ${this.#path}/events/batch`;
    return this.#client.until("events", { ...this.#of, numbers }, request, { body: { events }, as: this.#as });
  }

  renew(): Promise<Outcome<"renew">> {
    const sending = { body: { token: "", duration: 300 }, as: this.#as };
    return this.#client.until("renew", this.#of, `POST ${this.#path}/renew_lease`, sending);
  }

  complete(status: "succeeded" | "failed" = "succeeded"): Promise<Outcome<"complete">> {
    const sending = { body: { status }, as: this.#as };
    return this.#client.until("complete", { ...this.#of, status }, `POST ${this.#path}/complete`, sending);
  }

  cancel(client = this.#client): Promise<Outcome<"cancel">> {
    return this.#stack.cancelRun(client, this);
  }
}

/** The one edit that makes a text of another. Both are ASCII. */
function deltaOf(before: string, after: string): object {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const point = (offset: number) => ({ line: 1, column: 1, offset });
  return {
    Span: { uri: "", start: point(start), end: point(before.length - end) },
    NewText: after.slice(start, after.length - end),
  };
}
