/** How many of each kind (timers, requests, connections, …) keep this process busy. */
type Activity = ReadonlyMap<string, number>;

/** What this process is busy with. */
export function inProgress(): Activity {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

const STEP_MILLISECONDS = 5;
const LONGEST_MILLISECONDS = 10_000;

/**
 * Waits for what policies have begun and not awaited: until this process is busy with nothing that it was not busy with
 * `before`. A policy may have opened a connection that stays, so the wait has an end.
 */
export async function settle(before: Activity): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  for (let waited = 0; waited < LONGEST_MILLISECONDS && isBusier(before); waited += STEP_MILLISECONDS) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MILLISECONDS));
  }
}

function isBusier(before: Activity): boolean {
  return [...inProgress()].some(([kind, count]) => count > (before.get(kind) ?? 0));
}
