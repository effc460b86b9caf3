import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { newError, QuillonError } from "@quillon/contract";
import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import type { Ctx, StackCtx, StackRef } from "../context.ts";
import type { Db } from "../db/open.ts";
import { repeat } from "../repeat.ts";
import { qualifiedName } from "../stacks/index.ts";
import { readStackMarks, type StackMark } from "../updates/index.ts";
import { callerOf } from "./body.ts";
import { type ChangesReply, RawReply } from "./route.ts";

/** How often is looked, and how many are told. Tests use smaller ones. */
export interface ChangeBounds {
  lookMs: number;
  /**
   * So often the rights of a caller are checked when there is nothing to tell, and something is sent, because proxies take a connection on
   * which nothing comes for a dead one.
   */
  assureMs: number;
  /** So long one goes on, because a reverse proxy that has signed the caller in is asked only when they connect again. */
  longestMs: number;
  most: number;
  mostOfCaller: number;
  /** In bytes. A client that leaves so much untaken is not waited for: it can connect again, and read what there is then. */
  untaken: number;
}

export const CHANGE_BOUNDS: ChangeBounds = {
  lookMs: 1000,
  assureMs: 10_000,
  longestMs: 15 * 60_000,
  most: 300,
  mostOfCaller: 12,
  untaken: 16 * 1024,
};

/** So soon a browser connects again. */
const RETRY_MS = 3000;

/** Tells who looks at a stack that something changed. What did they read as always, with the rights that they have then. */
export class Changes {
  readonly #db: Db;
  readonly #log: FastifyBaseLogger;
  readonly #bounds: ChangeBounds;
  readonly #stop: () => Promise<void>;
  readonly #streams = new Set<Stream>();
  readonly #callers: string[] = [];
  #failed = false;
  #closed = false;

  constructor(db: Db, log: FastifyBaseLogger, bounds: ChangeBounds) {
    this.#db = db;
    this.#log = log;
    this.#bounds = bounds;
    // Made here, and not for the first who is told, so that what all are told of does not use one caller's share of the database.
    this.#stop = repeat(bounds.lookMs, () => this.#look());
  }

  /**
   * @param again checks the caller's rights as for a new request.
   * @throws too_many_streams
   */
  async open(request: FastifyRequest, { stack, known }: ChangesReply, again: () => Promise<Ctx>): Promise<RawReply> {
    const leave = this.#admit(callerOf(request));
    try {
      const mark = (await readStackMarks(this.#db, [stack.id])).get(stack.id);
      const stream = new Stream({ stack, again, mark: mark ?? new Map(), bounds: this.#bounds });
      stream.start(known);
      stream.body.once("close", () => {
        this.#streams.delete(stream);
        leave();
      });
      this.#streams.add(stream);
      if (this.#closed) stream.end();
      const { signal } = request.over;
      if (signal.aborted) stream.body.destroy();
      signal.addEventListener("abort", () => stream.body.destroy());
      return new RawReply(stream.body, HEADERS);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends all of them, so that a server which ends does not wait for them. Browsers connect again by themselves. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stream of this.#streams) stream.end();
    await this.#stop();
  }

  /** @returns to be called when the caller has left. */
  #admit(caller: string): () => void {
    const { most, mostOfCaller } = this.#bounds;
    if (this.#callers.filter((one) => one === caller).length >= mostOfCaller)
      throw newError("too_many_streams", { problem: "caller", most: mostOfCaller });
    if (this.#callers.length >= most) throw newError("too_many_streams", { problem: "server", most });
    this.#callers.push(caller);
    let isThere = true;
    return () => {
      if (isThere) this.#callers.splice(this.#callers.indexOf(caller), 1);
      isThere = false;
    };
  }

  async #look(): Promise<void> {
    const streams = [...this.#streams];
    if (streams.length === 0) return;
    const marks = await this.#read([...new Set(streams.map(({ stack }) => stack.id))]);
    for (const stream of streams) {
      if (performance.now() - stream.began > this.#bounds.longestMs) stream.end();
      else if (!marks) stream.beat();
      else await stream.follow(marks.get(stream.stack.id));
    }
  }

  /** @returns undefined while the database can't be used. */
  async #read(stackIds: readonly string[]): Promise<Map<string, StackMark> | undefined> {
    try {
      const marks = await readStackMarks(this.#db, stackIds);
      this.#failed = false;
      return marks;
    } catch (err) {
      if (!this.#failed) this.#log.warn({ err }, "could not look for changes of stacks; it is tried again each second");
      this.#failed = true;
      return undefined;
    }
  }
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // nginx would keep what comes until it is much.
  "x-accel-buffering": "no",
};

class Stream {
  readonly stack: StackRef;
  readonly body: Readable;
  readonly began = performance.now();
  readonly #again: () => Promise<Ctx>;
  readonly #assureMs: number;
  #mark: StackMark;
  #assured = performance.now();
  #ended = false;

  constructor(of: { stack: StackRef; again: () => Promise<Ctx>; mark: StackMark; bounds: ChangeBounds }) {
    this.stack = of.stack;
    this.body = new Readable({ read() {}, highWaterMark: of.bounds.untaken });
    this.#again = of.again;
    this.#mark = of.mark;
    this.#assureMs = of.bounds.assureMs;
  }

  start(known: string | undefined): void {
    const id = idOf(this.#mark);
    this.#send(`retry: ${RETRY_MS}\n${eventText("start", { missed: known !== id }, id)}`);
  }

  /** Tells what is not as it was, after a check that the caller may still know it. */
  async follow(mark: StackMark | undefined): Promise<void> {
    const changed = mark && changedParts(this.#mark, mark);
    if (changed?.length === 0 && !this.#isDue()) return;
    const refusal = await this.#refusal();
    if (refusal === "unknown") return;
    if (refusal) return this.end(refusal);
    if (!mark || !changed || changed.length === 0) return this.beat();
    this.#mark = mark;
    this.#assured = performance.now();
    this.#send(toldOf(changed, idOf(mark)));
  }

  /** Sends something when nothing was sent for some time. */
  beat(): void {
    if (!this.#isDue()) return;
    this.#assured = performance.now();
    this.#send(":\n\n");
  }

  /** @param refusal why; without one the client connects again. */
  end(refusal?: QuillonError): void {
    if (refusal) this.#send(eventText("end", refusal.body()));
    this.#ended = true;
    this.body.push(null);
  }

  #isDue(): boolean {
    return performance.now() - this.#assured >= this.#assureMs;
  }

  /** @returns why the caller may not be told any more; `unknown` when the database did not say. */
  async #refusal(): Promise<QuillonError | "unknown" | undefined> {
    try {
      const ctx = (await this.#again()) as StackCtx;
      // Another one with the same name is not what they look at.
      return ctx.stack.id === this.stack.id ? undefined : newError("stack_not_found", { stack: qualifiedName(ctx) });
    } catch (error) {
      return error instanceof QuillonError && error.status < 500 ? error : "unknown";
    }
  }

  #send(text: string): void {
    if (this.#ended || this.body.destroyed) return;
    if (!this.body.push(text)) this.body.destroy();
  }
}

function changedParts(before: StackMark, after: StackMark): string[] {
  return [...after.keys()].filter((part) => after.get(part) !== before.get(part));
}

/** An event for each run. That a run has changed says that it may have new events, too. */
function toldOf(changed: readonly string[], id: string): string {
  const runs = changed.filter((part) => part.startsWith("run "));
  const events = changed.filter((part) => part.startsWith("events ") && !runs.includes(part.replace("events", "run")));
  const told = [...runs, ...events].map((part) => part.split(" "));
  // The id comes with the last one: who has it has been told of all.
  return told
    .map(([kind = "", updateID], index) => eventText(kind, { updateID }, index === told.length - 1 ? id : undefined))
    .join("");
}

function eventText(kind: string, data: object, id?: string): string {
  return `${id ? `id: ${id}\n` : ""}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

function idOf(mark: StackMark): string {
  return createHash("sha256")
    .update(JSON.stringify([...mark].sort()))
    .digest("base64url")
    .slice(0, 22);
}
