import { setTimeout as later } from "node:timers/promises";
import type { Client } from "@quillon/contract/client";
import type { SentEvent } from "./event.ts";
import { isRefusal } from "./patience.ts";

/** A run that the server knows: what is sent of it, in the server's words. */
export interface Known {
  params: { orgName: string; projectName: string; stackName: string; updateID: string };
  /** Of its lease. */
  token: string;
}

export type Ended = "succeeded" | "failed" | "cancelled";

/** What the server could not be told, to be sent later. */
export interface Unsent extends Known {
  events: SentEvent[];
  status: Ended;
}

const BATCH = 500;
/**
 * How long events are collected, because each request costs the server as much as many events do. The Pulumi CLI collects up to 50 for up to four
 * seconds: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/state.go
 */
const COLLECT_MS = 500;
const RENEW_MS = 60_000;
const LEASE_SECONDS = 300;
const PATH = "/api/stacks/{orgName}/{projectName}/{stackName}/update/{updateID}";

/**
 * Tells the server of a run as it goes on. It never fails: what can't be sent waits, and is tried again, until the server refuses
 * it.
 */
export class ReportedRun {
  readonly #client: Client;
  readonly #known: Known;
  readonly #retryMs: number;
  readonly #renewing: NodeJS.Timeout;
  #waiting: SentEvent[] = [];
  #sending: Promise<void> | undefined;
  #refusal: string | undefined;
  readonly #ending = new AbortController();
  readonly #givenUp = new AbortController();

  constructor(client: Client, known: Known, { retryMs = 1_000 } = {}) {
    this.#client = client;
    this.#known = known;
    this.#retryMs = retryMs;
    this.#renewing = setInterval(() => this.#renew(), RENEW_MS);
    this.#renewing.unref();
  }

  /** Why the server does not take any more of it, if so. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  add(event: SentEvent): void {
    if (this.#refusal !== undefined) return;
    this.#waiting.push(event);
    this.#sending ??= this.#send();
  }

  /**
   * Ends the run, when all of it is sent.
   *
   * @param patienceMs how long a server is waited for, be it that it can't be reached or does not answer.
   * @param hurry ends the wait before.
   * @returns what the server could not be told.
   */
  async end(status: Ended, patienceMs: number, hurry?: AbortSignal): Promise<Unsent | undefined> {
    this.#ending.abort();
    // A request that stays open would keep this process from ending.
    const giveUp = () => this.#givenUp.abort();
    const gaveUp = new Promise<false>((resolve) => {
      this.#givenUp.signal.addEventListener("abort", () => resolve(false));
    });
    const givingUp = setTimeout(giveUp, patienceMs);
    hurry?.addEventListener("abort", giveUp);
    if (hurry?.aborted) giveUp();
    try {
      const isTold = await Promise.race([this.#tellAll(status), gaveUp]);
      if (isTold || this.#refusal !== undefined) return undefined;
      return { ...this.#known, events: [...this.#waiting], status };
    } finally {
      clearTimeout(givingUp);
      hurry?.removeEventListener("abort", giveUp);
      clearInterval(this.#renewing);
    }
  }

  async #tellAll(status: Ended): Promise<boolean> {
    // Those that came while others were sent are sent by the same promise.
    await this.#sending;
    return this.#waiting.length === 0 && (await this.#try(() => this.#complete(status)));
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#givenUp.signal.aborted) {
      await this.#collect();
      const batch = this.#waiting.slice(0, BATCH);
      if (!(await this.#try(() => postEvents(this.#client, this.#known, batch, this.#givenUp.signal)))) break;
      this.#waiting.splice(0, batch.length);
    }
    this.#sending = undefined;
  }

  /** Waits for the events that come soon, unless there are enough, or no others come. */
  async #collect(): Promise<void> {
    if (this.#waiting.length < BATCH)
      await later(COLLECT_MS, undefined, { signal: this.#ending.signal }).catch(() => {});
  }

  /** @returns whether the server has taken it. Otherwise it has refused it, or was waited for long enough. */
  async #try(work: () => Promise<unknown>): Promise<boolean> {
    for (;;) {
      try {
        await work();
        return true;
      } catch (error) {
        if (isRefusal(error)) {
          this.#refusal = error.message;
          return false;
        }
        if (this.#givenUp.signal.aborted) return false;
        await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
      }
    }
  }

  #complete(status: Ended) {
    return postEnd(this.#client, this.#known, status, this.#givenUp.signal);
  }

  #renew(): void {
    const body = { duration: LEASE_SECONDS };
    // It is tried again before the lease ends.
    this.#client
      .call(`POST ${PATH}/renew_lease`, { ...input(this.#known, this.#givenUp.signal), body })
      .catch(() => {});
  }
}

/** Sends what could not be sent before. @throws ApiError when the run is over for the server; TypeError when it can't be reached. */
export async function sendUnsent(client: Client, { events, status, ...known }: Unsent): Promise<void> {
  for (let at = 0; at < events.length; at += BATCH) await postEvents(client, known, events.slice(at, at + BATCH));
  await postEnd(client, known, status);
}

function postEvents(client: Client, known: Known, events: SentEvent[], signal?: AbortSignal) {
  return client.call(`POST ${PATH}/events/batch`, { ...input(known, signal), body: { events } });
}

function postEnd(client: Client, known: Known, status: Ended, signal?: AbortSignal) {
  return client.call(`POST ${PATH}/complete`, { ...input(known, signal), body: { status } });
}

function input({ params, token }: Known, signal?: AbortSignal) {
  return { params, headers: { authorization: `update-token ${token}` }, ...(signal && { signal }) };
}
