import { ApiError, type Client } from "@quillon/contract/client";
import { errorMessage } from "../error-message.ts";
import { say } from "../output.ts";
import { LONGEST_MS, PATIENCE_MS, patient } from "./patience.ts";
import { type KnownStack, startRun } from "./registration.ts";
import { type Ended, ReportedRun, type Unsent } from "./reported-run.ts";
import { keep } from "./spool.ts";
import type { Expected } from "./streams.ts";

/** How a server is told of what a command does. */
export interface Report {
  /** Comes before the command. @throws Error when the command must not be run. */
  begin(): Promise<Expected[]>;
  /**
   * Comes after it. It never fails, because then the command's exit code is what counts.
   *
   * @param ends how each of the runs ended.
   * @param hurry is aborted when this must come to its end.
   */
  end(ends: readonly Ended[], hurry?: AbortSignal): Promise<void>;
  /** Comes instead of `end` when the command could not be run. */
  abandon(): Promise<void>;
}

const UNREACHABLE = "Quillon can't be reached";

/** Tells a server that knows the runs, as they go on. */
export class LiveReport implements Report {
  readonly #updates: readonly { id: string; isPreview: boolean }[];
  readonly #to: { stack: KnownStack; client: Client; server: string; unsent: string };
  readonly #runs: ReportedRun[] = [];

  /** @param to.unsent a folder for what the server can't be told now. */
  constructor(
    updates: readonly { id: string; isPreview: boolean }[],
    to: { stack: KnownStack; client: Client; server: string; unsent: string },
  ) {
    this.#updates = updates;
    this.#to = to;
  }

  async begin(): Promise<Expected[]> {
    const { client, stack, server } = this.#to;
    const expected: Expected[] = [];
    // The one that holds the stack is last: when it can't be started, the preview has not begun either.
    for (const { id, isPreview } of this.#updates) {
      const started = startRun(patient(client, LONGEST_MS), stack, id).catch((error) =>
        sayHowItEnds(error, stack, server),
      );
      const run = new ReportedRun(client, await started);
      this.#runs.push(run);
      expected.push({ isPreview, add: (event) => run.add(event) });
    }
    return expected;
  }

  async end(ends: readonly Ended[], hurry?: AbortSignal): Promise<void> {
    const left = (await this.#endAll(ends, hurry)).flatMap((one) => one ?? []);
    await this.#keep(left, hurry?.aborted ? "Quillon was not told of all when the run was stopped" : UNREACHABLE);
    for (const { refusal } of this.#runs) if (refusal) say(`Quillon did not take all of the report: ${refusal}`);
  }

  async abandon(): Promise<void> {
    await this.#endAll(this.#runs.map(() => "cancelled"));
  }

  #endAll(ends: readonly Ended[], hurry?: AbortSignal): Promise<(Unsent | undefined)[]> {
    return Promise.all(this.#runs.map((run, at) => run.end(ends[at] ?? "failed", PATIENCE_MS, hurry)));
  }

  async #keep(left: readonly Unsent[], why: string): Promise<void> {
    if (left.length === 0) return;
    const { unsent, server } = this.#to;
    try {
      for (const one of left) await keep(unsent, server, one);
      say(`${why}, so what the policies found is kept, and sent with the next quillon run.`);
    } catch (error) {
      say(`${why}, and what the policies found can't be kept: ${errorMessage(error)}`);
    }
  }
}

/** The server means its own `pulumi cancel`, and the one that people type here ends what is in the other backend. @throws */
function sayHowItEnds(error: unknown, { orgName, projectName, stackName }: KnownStack, server: string): never {
  if (!(error instanceof ApiError) || error.id !== "stack_busy") throw error;
  const stack = `${orgName}/${projectName}/${stackName}`;
  throw new Error(
    `${error.message}
That is an update that Quillon was told of, which pulumi cancel does not end while the CLI is logged in to another backend. One whose quillon run was killed ends by itself within five minutes. To end it now: PULUMI_BACKEND_URL=${server} PULUMI_ACCESS_TOKEN=TOKEN pulumi cancel ${stack}`,
    { cause: error },
  );
}
