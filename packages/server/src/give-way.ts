import { setImmediate } from "node:timers/promises";

const MOST_MS = 10;

/**
 * For a loop over many things that may each take long, because other requests wait meanwhile.
 *
 * @returns waits until others had their turn, if the loop has gone on for some milliseconds since they had it last.
 */
export function givingWay(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < MOST_MS) return;
    await setImmediate();
    began = performance.now();
  };
}
