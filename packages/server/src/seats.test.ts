import { expect, test, vi } from "vitest";
import { FOR_EVER_MS, Seats } from "./seats.ts";

test("a seat is free again when its request is over", async () => {
  const seats = new Seats(1, 1);
  const first = new AbortController();
  await seats.take("a", first.signal);
  const second = seats.take("a", new AbortController().signal);
  first.abort();
  await second;
});

test("a request that is over while it waits takes no seat", async () => {
  const seats = new Seats(1, 1);
  const [holder, left] = [new AbortController(), new AbortController()];
  await seats.take("a", holder.signal);
  const waiting = seats.take("a", left.signal);
  const next = seats.take("a", new AbortController().signal);
  left.abort();
  await expect(waiting).rejects.toMatchObject({ id: "server_busy" });
  holder.abort();
  await next;
});

test("a request that was over before it could wait is refused at once", async () => {
  const seats = new Seats(1, 1);
  const holder = new AbortController();
  await seats.take("a", holder.signal);
  await expect(seats.take("a", AbortSignal.abort())).rejects.toMatchObject({ id: "server_busy" });
  holder.abort();
  await seats.take("a", new AbortController().signal);
});

test("a request that is over as soon as it gets a seat gives it to the next", async () => {
  const seats = new Seats(1, 1);
  const [holder, left] = [new AbortController(), new AbortController()];
  await seats.take("a", holder.signal);
  const waiting = seats.take("a", left.signal);
  const next = seats.take("a", new AbortController().signal);
  holder.abort();
  left.abort();
  await waiting;
  await next;
});

test("a caller who has their share waits, although there are seats for others", async () => {
  const seats = new Seats(2, 1);
  const first = new AbortController();
  await seats.take("slow", first.signal);
  const second = seats.take("slow", new AbortController().signal);
  await seats.take("other", new AbortController().signal);
  first.abort();
  await second;
});

test("a free seat goes to the first who may have it, past those who have their share", async () => {
  const seats = new Seats(2, 1);
  const other = new AbortController();
  await seats.take("slow", new AbortController().signal);
  await seats.take("other", other.signal);
  const [over, third] = [new AbortController(), seats.take("third", new AbortController().signal)];
  const again = seats.take("slow", over.signal);
  other.abort();
  await third;
  over.abort();
  await expect(again).rejects.toMatchObject({ id: "server_busy" });
});

test.each([
  ["ended", async () => {}],
  ["failed", () => Promise.reject(new Error("no"))],
])("a seat is free again when the work with it has %s", async (_, work) => {
  const seats = new Seats(1, 1);
  await seats.during("a", work).catch(() => {});
  expect(await seats.during("a", async () => "next")).toBe("next");
});

test("who waits for ever for a seat keeps no process alive that ends", async () => {
  vi.useFakeTimers();
  try {
    const seats = new Seats(1, 1, FOR_EVER_MS);
    const holder = new AbortController();
    await seats.take("a", holder.signal);
    const next = seats.take("a", new AbortController().signal);
    expect(vi.getTimerCount()).toBe(0);
    holder.abort();
    await next;
  } finally {
    vi.useRealTimers();
  }
});
