import { expect, test } from "vitest";
import { Seats } from "./seats.ts";

test("a seat is free again when its request is over", async () => {
  const seats = new Seats(1);
  const first = new AbortController();
  await seats.take(first.signal);
  const second = seats.take(new AbortController().signal);
  first.abort();
  await second;
});

test("a request that is over while it waits takes no seat", async () => {
  const seats = new Seats(1);
  const [holder, left] = [new AbortController(), new AbortController()];
  await seats.take(holder.signal);
  const waiting = seats.take(left.signal);
  const next = seats.take(new AbortController().signal);
  left.abort();
  await expect(waiting).rejects.toMatchObject({ id: "server_busy" });
  holder.abort();
  await next;
});

test("a request that is over as soon as it gets a seat gives it to the next", async () => {
  const seats = new Seats(1);
  const [holder, left] = [new AbortController(), new AbortController()];
  await seats.take(holder.signal);
  const waiting = seats.take(left.signal);
  const next = seats.take(new AbortController().signal);
  holder.abort();
  left.abort();
  await waiting;
  await next;
});
