import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Change, follow, inTurn } from "./live.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what has changed is read", () => {
  test("at once, and what changes meanwhile once, a second after that was read", async () => {
    const reads: unknown[] = [];
    const { readAgain } = inTurn(async (key) => void reads.push(key));
    readAgain([["a"]]);
    for (let change = 0; change < 5; change += 1) readAgain([["a"], ["b"]]);
    await vi.advanceTimersByTimeAsync(999);
    expect(reads).toEqual([["a"]]);
    await vi.advanceTimersByTimeAsync(1);
    expect(reads).toEqual([["a"], ["a"], ["b"]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads).toHaveLength(3);
  });

  test("less often when it takes long, and never twice at the same time", async () => {
    let reads = 0;
    const { readAgain } = inTurn(() => {
      reads += 1;
      return new Promise((resolve) => setTimeout(resolve, 2000));
    });
    readAgain([["a"]]);
    readAgain([["a"]]);
    await vi.advanceTimersByTimeAsync(9999);
    expect(reads).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(reads).toBe(2);
  });

  test("again after it could not be read", async () => {
    let reads = 0;
    const { readAgain } = inTurn(async () => {
      reads += 1;
      throw new Error("no");
    });
    readAgain([["a"]]);
    await vi.advanceTimersByTimeAsync(1000);
    readAgain([["a"]]);
    expect(reads).toBe(2);
  });

  test("not any more when the page is left", async () => {
    let reads = 0;
    const { readAgain, stop } = inTurn(async () => {
      reads += 1;
    });
    readAgain([["a"]]);
    readAgain([["a"]]);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads).toBe(1);
  });
});

describe("a page", () => {
  let sources: FakeSource[];
  let changes: Change[];
  let ended: number;
  let leave: () => void;

  class FakeSource extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 0;
    constructor() {
      super();
      sources.push(this);
    }
    tell(kind: string, data: object): void {
      this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
    }
    fail(readyState: number): void {
      this.readyState = readyState;
      this.dispatchEvent(new Event("error"));
    }
    close(): void {
      this.readyState = FakeSource.CLOSED;
    }
  }

  beforeEach(() => {
    [sources, changes, ended] = [[], [], 0];
    vi.stubGlobal("EventSource", FakeSource);
    leave = follow("/changes", { changed: (change) => changes.push(change), ended: () => void ended++ });
  });
  const source = () => sources.at(-1) as FakeSource;

  test("that is told reads nothing by itself", () => {
    source().tell("start", { missed: false });
    source().tell("run", { updateID: "1" });
    vi.advanceTimersByTime(600_000);
    expect(changes).toEqual([{ kind: "run", updateID: "1" }]);
  });

  test("that may have missed something reads all", () => {
    source().tell("start", { missed: true });
    expect(changes).toEqual([{ kind: "start" }]);
  });

  test("that is told nothing, because a proxy keeps it, reads from time to time", () => {
    vi.advanceTimersByTime(24_000);
    expect(changes).toEqual([{ kind: "start" }, { kind: "start" }]);
    source().tell("start", { missed: false });
    vi.advanceTimersByTime(24_000);
    expect(changes).toHaveLength(2);
  });

  test("that is refused reads at once, and asks again from time to time", () => {
    source().fail(2);
    expect(changes).toEqual([{ kind: "start" }]);
    vi.advanceTimersByTime(12_000);
    expect(sources).toHaveLength(2);
    source().tell("start", { missed: true });
    expect(changes).toHaveLength(2);
  });

  test("whose connection is lost reads from time to time until it is told again", () => {
    source().tell("start", { missed: false });
    source().fail(0);
    expect(changes).toEqual([]);
    vi.advanceTimersByTime(12_000);
    expect(changes).toHaveLength(1);
    expect(sources).toHaveLength(1);
  });

  test("that may not be told any more asks no more", () => {
    source().tell("end", { code: 401 });
    expect([ended, source().readyState]).toEqual([1, 2]);
    vi.advanceTimersByTime(60_000);
    expect([sources.length, changes]).toEqual([1, []]);
  });

  test("that is left asks no more", () => {
    leave();
    vi.advanceTimersByTime(60_000);
    expect([source().readyState, sources.length, changes]).toEqual([2, 1, []]);
  });
});
