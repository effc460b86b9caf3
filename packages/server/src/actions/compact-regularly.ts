import { setTimeout as timer } from "node:timers/promises";
import type { Ctx } from "../context.ts";
import { compact, type Retention } from "./compact.ts";

/** A server that was just started has other things to do, and one that is started every day still compacts. */
const FIRST_MS = 60_000;
const EVERY_MS = 3600_000;

/**
 * Compacts every hour. After each step it rests for as long as the step took, so that it takes at most half of a connection.
 *
 * @param options.isReady asked each time; it waits for the next time when the server is not.
 * @returns what stops it, and waits for the step that runs.
 */
export function compactRegularly(
  ctx: Pick<Ctx, "db" | "log">,
  keep: Retention,
  { isReady, firstMs = FIRST_MS }: { isReady: () => boolean; firstMs?: number | undefined },
): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const all = async () => {
    let began = performance.now();
    for await (const _ of compact(ctx, keep)) {
      await rest(performance.now() - began, signal);
      if (signal.aborted) return;
      began = performance.now();
    }
  };
  const loop = async () => {
    await rest(firstMs, signal);
    while (!signal.aborted) {
      if (isReady())
        await all().catch((err: unknown) =>
          ctx.log.error({ err }, "could not compact what is old; the next try is in an hour"),
        );
      await rest(EVERY_MS, signal);
    }
  };
  const ended = loop();
  return () => {
    stop.abort();
    return ended;
  };
}

/** Ends early when the signal is aborted. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return timer(ms, undefined, { signal, ref: false }).catch(() => {});
}
