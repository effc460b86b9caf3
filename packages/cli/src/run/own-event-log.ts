import { appendFileSync, closeSync, constants, openSync } from "node:fs";
import { resolve } from "node:path";
import type { EventStream } from "@quillon/proto/events";
import { type SentStream, sendEvents } from "@quillon/proto/send-events";
import { errorMessage } from "../error-message.ts";
import { say } from "../output.ts";

const { O_RDWR, O_CREAT, O_TRUNC, O_APPEND } = constants;
const TCP = "tcp://";

/**
 * The command's own `--event-log`, with which a program of the Automation API learns what happens. The CLI takes one, and its events come to
 * this program, so they are passed on from here, where the CLI would have written them, as it would have written them:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/display/display.go#L177
 */
export class OwnEventLog {
  readonly #target: string;
  readonly #listeners: SentStream[] = [];
  #problem: string | undefined;

  /**
   * @param target a file, or `tcp://HOST:PORT`, where a listener is.
   * @param cwd the folder in which the command is run, which a file's path begins at.
   */
  constructor(target: string, cwd: string) {
    this.#target = target.startsWith(TCP) ? target : resolve(cwd, target);
  }

  /** @param stream of one run of the engine. @returns what passes on what the stream gets, too. */
  beside(stream: EventStream): EventStream {
    const own = this.#try(() => this.#open());
    return {
      event: (json) => {
        stream.event(json);
        if (own) this.#try(() => own.event(json));
      },
      end: (whole) => {
        stream.end(whole);
        if (own) this.#try(() => own.end(whole));
      },
    };
  }

  /**
   * Waits until listeners have taken all, and says so when not all could be passed on.
   *
   * @param patienceMs how long a listener is waited for.
   * @param hurry ends the wait before.
   */
  async done(patienceMs: number, hurry?: AbortSignal): Promise<void> {
    const giveUp = () => {
      this.#problem ??= "nobody takes them";
      for (const listener of this.#listeners) listener.close();
    };
    const givingUp = setTimeout(giveUp, patienceMs);
    hurry?.addEventListener("abort", giveUp);
    const problems = await Promise.all(this.#listeners.map(({ done }) => done));
    clearTimeout(givingUp);
    hurry?.removeEventListener("abort", giveUp);
    const problem = this.#problem ?? problems.find((one) => one !== undefined);
    if (problem !== undefined) say(`Not all events could be passed on to --event-log ${this.#target}: ${problem}.`);
  }

  #open(): EventStream {
    if (this.#target.startsWith(TCP)) {
      const listener = sendEvents(this.#target.slice(TCP.length));
      this.#listeners.push(listener);
      return listener;
    }
    // The preview and the update of one `pulumi up` begin anew.
    const file = openSync(this.#target, O_RDWR | O_CREAT | O_TRUNC | O_APPEND);
    return { event: (json) => appendFileSync(file, json), end: () => closeSync(file) };
  }

  /** The command goes on whatever becomes of its log. */
  #try<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#problem ??= errorMessage(error);
      return undefined;
    }
  }
}
