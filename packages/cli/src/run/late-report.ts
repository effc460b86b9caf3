import { randomUUID } from "node:crypto";
import type { Client } from "@quillon/contract/client";
import { say } from "../output.ts";
import type { Report } from "./live-report.ts";
import { PATIENCE_MS, patient } from "./patience.ts";
import type { Basis, PlannedRun, Registrant, RunFacts } from "./registration.ts";
import type { Ended } from "./reported-run.ts";
import { keepLate, type Late, removeLate, sendLate } from "./spool.ts";
import type { Expected } from "./streams.ts";

/** Tells a server of runs when they are over. */
export class LateReport implements Report {
  readonly #late: Late;
  readonly #to: { client: Client; server: string; unsent: string };

  /** @param to.unsent a folder in which they are kept until the server was told. */
  constructor(
    what: Registrant & { facts: RunFacts; basis: Basis; plan: readonly PlannedRun[] },
    to: { client: Client; server: string; unsent: string },
  ) {
    const { orgName, place, as, facts, basis, plan } = what;
    const from = now();
    this.#late = {
      // What happened first is sent first, because findings follow that order.
      id: `late-${Date.now()}-${randomUUID()}`,
      ...(orgName !== undefined && { orgName }),
      place,
      ...(as && { as }),
      facts,
      basis: { ...basis, ran: { from, to: from } },
      // What is not heard of any more has failed, as far as anybody knows.
      runs: plan.map((run) => ({ ...run, events: [], status: "failed" })),
      pid: process.pid,
    };
    this.#to = to;
  }

  async begin(): Promise<Expected[]> {
    const { unsent, server } = this.#to;
    await keepLate(unsent, server, this.#late);
    return this.#late.runs.map(({ isPreview, events }) => ({ isPreview, add: (event) => events.push(event) }));
  }

  async end(ends: readonly Ended[], hurry?: AbortSignal): Promise<void> {
    const { client, unsent, server } = this.#to;
    const { basis, pid: _, ...late } = this.#late;
    const ended: Late = {
      ...late,
      basis: { ...basis, ran: { ...basis.ran, to: now() } },
      runs: late.runs.map((run, at) => ({ ...run, status: ends[at] ?? "failed" })),
    };
    try {
      await keepLate(unsent, server, ended);
      const outcome = await sendLate(unsent, server, { client: patient(client, PATIENCE_MS, hurry), late: ended });
      if (outcome === "unreachable")
        say("Quillon can't be reached, so what the run has done is kept, and sent with the next quillon run.");
    } catch (error) {
      say(`What the run has done can't be kept, so Quillon learns only that it began: ${(error as Error).message}`);
    }
  }

  async abandon(): Promise<void> {
    await removeLate(this.#to.unsent, this.#late.id);
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
