import type { EventStream } from "@quillon/proto/events";
import { eventToSend, isFailure, isPreview, parseEvent, type RequiredPack, type SentEvent } from "./event.ts";
import type { Ended } from "./reported-run.ts";

/** A run that the server waits for. */
export interface Expected {
  isPreview: boolean;
  add(event: SentEvent): void;
}

interface Slot extends Expected {
  /** Whether its stream came. */
  came: boolean;
  failed: boolean;
}

/**
 * Gives each stream of events to the run that it is of. `pulumi up` sends one for its preview and one for the update, and the events at
 * the beginning do not say which it is.
 */
export class Streams {
  readonly #slots: Slot[];
  readonly #packs: readonly RequiredPack[];
  #open = 0;
  #idle: (() => void)[] = [];

  constructor(expected: readonly Expected[], packs: readonly RequiredPack[]) {
    this.#slots = expected.map((one) => ({ ...one, add: (event) => one.add(event), came: false, failed: false }));
    this.#packs = packs;
  }

  open(): EventStream {
    this.#open++;
    const early: SentEvent[] = [];
    let slot: Slot | undefined;
    let isKnown = false;
    let failed = false;
    let next = 0;
    const decide = (preview: boolean | undefined) => {
      isKnown = true;
      slot = this.#take(preview);
      for (const event of early) slot?.add(event);
      if (slot) slot.failed ||= failed;
    };
    return {
      event: (json) => {
        const fields = parseEvent(json) ?? {};
        const event = eventToSend(fields, this.#packs, next);
        next = event.sequence + 1;
        failed ||= isFailure(fields);
        if (slot) slot.failed ||= failed;
        if (isKnown) return slot?.add(event);
        early.push(event);
        const preview = isPreview(fields);
        if (preview !== undefined) decide(preview);
      },
      end: () => {
        if (!isKnown) decide(undefined);
        this.#open--;
        if (this.#open === 0) for (const tell of this.#idle.splice(0)) tell();
      },
    };
  }

  /** Whether any stream came. */
  get came(): boolean {
    return this.#slots.some(({ came }) => came);
  }

  /** Waits until no stream is open. */
  async idle(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** How each of the expected runs ended, in their order. @param exitCode of the command. */
  ends(exitCode: number): Ended[] {
    return this.#slots.map((slot) => endOf(slot, this.#slots, exitCode));
  }

  #take(preview: boolean | undefined): Slot | undefined {
    const free = this.#slots.filter(({ came }) => !came);
    const slot = preview === undefined ? free[0] : free.find(({ isPreview }) => isPreview === preview);
    if (slot) slot.came = true;
    return slot;
  }
}

function endOf({ came, failed, isPreview }: Slot, all: readonly Slot[], exitCode: number): Ended {
  const before = all.find((one) => one.isPreview && !isPreview);
  if (exitCode === 0) return "succeeded";
  // The preview failed, or the person did not want what it showed.
  if (!came && before?.came) return "cancelled";
  // What follows a preview may have failed.
  return came && isPreview && !failed && all.length > 1 ? "succeeded" : "failed";
}
