/** In milliseconds. A backup takes less. What it holds and is older was left by one that was killed. */
export const HELD_MS = 24 * 3600 * 1000;
