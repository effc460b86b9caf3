/** A stack's state: the names of its resources in alphabetical order, and the hash of its text where each byte must be kept. */
export interface State {
  readonly names: readonly string[];
  readonly sha256?: string | undefined;
}

export interface HistoryEntry {
  version: number;
  /** Of the run that made it; empty for an import. */
  run: string;
  /** As the server's history says it. */
  result: string;
}

/** One real update. Clients give it a name of its own, which the server keeps as the update's message. */
interface OfRun {
  stack: string;
  run: string;
}

interface OfPack {
  pack: string;
  tag: string;
}

/** What clients ask a server, and what it answers. */
interface Exchanges {
  /** @returns the packs that the update must run, each as `pack@tag`. */
  create: { asked: OfRun; answer: readonly string[] };
  start: { asked: OfRun; answer: { version: number } };
  /** A whole state, or a delta that makes it. */
  save: { asked: OfRun & { number: number; state: State }; answer: null };
  /** Entries of a journal, each of which adds a resource. */
  add: { asked: OfRun & { number: number; names: readonly string[] }; answer: null };
  events: { asked: OfRun & { numbers: readonly number[] }; answer: null };
  renew: { asked: OfRun; answer: null };
  complete: { asked: OfRun & { status: "succeeded" | "failed" }; answer: null };
  cancel: { asked: OfRun; answer: null };
  import: { asked: { stack: string; state: State }; answer: null };
  /** The newest state, or that of a version. */
  read: { asked: { stack: string; version?: number }; answer: State };
  history: { asked: { stack: string }; answer: readonly HistoryEntry[] };
  "read events": { asked: OfRun; answer: readonly number[] };
  /** @returns what its receipt says that it had to run; null when it has none. */
  receipt: { asked: OfRun; answer: readonly string[] | null };
  /** Makes a version visible whose archive has that hash. */
  publish: { asked: OfPack & { sha256: string }; answer: null };
  enable: { asked: OfPack; answer: null };
  /** @returns the hash of the archive; null when there is no such version. */
  download: { asked: OfPack; answer: string | null };
  versions: { asked: { pack: string }; answer: readonly { version: number; tag: string }[] };
  /** Not a request: the clock has jumped, and with it every lease has expired. */
  "clock jump": { asked: object; answer: null };
}

export type Kind = keyof Exchanges;
export type Asked<K extends Kind> = Exchanges[K]["asked"];
export type Answer<K extends Kind> = Exchanges[K]["answer"];

/** `unknown`: no answer came, or one that says that the server failed, so it may have happened or not. */
export type Outcome<K extends Kind> =
  | { result: "done"; answer: Answer<K> }
  | { result: "refused" | "unknown"; answer?: undefined };

/** One request. `sent` and `ended` are places in the order of all that clients have seen. */
export type Call<K extends Kind = Kind> = {
  [P in K]: { do: P; sent: number; ended: number } & Asked<P> & Outcome<P>;
}[K];

/** Writes down what clients send and get, in the order in which it happens to them. */
export class Recorder {
  readonly calls: Call[] = [];
  #now = 0;
  #done = 0;
  readonly #waiting: { until: number; go: () => void }[] = [];

  async record<K extends Kind>(kind: K, asked: Asked<K>, exchange: () => Promise<Outcome<K>>): Promise<Outcome<K>> {
    this.#now += 1;
    const sent = this.#now;
    const outcome = await exchange();
    this.#now += 1;
    this.calls.push({ do: kind, sent, ended: this.#now, ...asked, ...outcome } as unknown as Call);
    if (outcome.result === "done") this.#done += 1;
    for (const one of this.#waiting.filter(({ until }) => until <= this.#done)) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      one.go();
    }
    return outcome;
  }

  /** Waits until so many more requests are acknowledged. */
  acknowledges(more: number): Promise<void> {
    if (more === 0) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ until: this.#done + more, go }));
  }
}

export function callsOf<K extends Kind>(calls: readonly Call[], ...kinds: K[]): Call<K>[] {
  return calls.filter((call) => (kinds as Kind[]).includes(call.do)) as unknown as Call<K>[];
}

export const isDone = <K extends Kind>(call: Call<K>): call is Call<K> & { result: "done"; answer: Answer<K> } =>
  call.result === "done";

/** By a name of theirs. */
export function groupBy<T>(all: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
  return groups;
}
