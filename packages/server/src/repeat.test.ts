import { expect, test, vi } from "vitest";
import { repeat } from "./repeat.ts";

test("What is repeated is not begun again until it has ended, and who stops it waits for its end", async () => {
  vi.useFakeTimers();
  try {
    const end: (() => void)[] = [];
    const stop = repeat(1_000, () => new Promise<void>((ended) => end.push(ended)));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(end).toHaveLength(1);
    end[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(end).toHaveLength(2);
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stopped).toBe(false);
    end[1]?.();
    await stopping;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(end).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});
