import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type BodySize, collect } from "./collect.ts";

const KiB = 1024;

function options(limit = 100 * KiB * KiB) {
  const seats: string[] = [];
  const seat = (when: string) => async (size: BodySize) => {
    seats.push(`${when} ${size}`);
  };
  const { signal } = new AbortController();
  return { seats, given: { limit, setting: "it", signal, arrive: seat("arrive"), read: seat("read") } };
}

test("the bytes of a body are those that came, in whatever pieces", async () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 200 * KiB }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pieces, async (lengths) => {
      const chunks = lengths.map((length, at) => Buffer.alloc(length, `${at}-${length}`));
      const bytes = await collect(Readable.from(chunks, { objectMode: false }), options().given);
      expect(bytes.equals(Buffer.concat(chunks))).toBe(true);
    }),
  );
});

test.each([
  [64 * KiB, []],
  [64 * KiB + 1, ["arrive medium", "read medium"]],
  [9 * KiB * KiB, ["arrive large", "read large"]],
])("a body of %i bytes takes seats: %j", async (length, expected) => {
  const { seats, given } = options();
  await collect(Readable.from([Buffer.alloc(length)], { objectMode: false }), given);
  expect(seats).toEqual(expected);
});

test("a body takes its seat in memory when all of it has come, and the seat to come before more is taken", async () => {
  const { seats, given } = options();
  let mayArrive: () => void = () => {};
  const arrive = () => new Promise<void>((resolve) => (mayArrive = resolve));
  const body = new PassThrough();
  const collected = collect(body, { ...given, arrive });
  body.write(Buffer.alloc(70 * KiB));
  await vi.waitFor(() => expect(body.isPaused()).toBe(true));
  mayArrive();
  await vi.waitFor(() => expect(body.isPaused()).toBe(false));
  expect(seats).toEqual([]);
  body.end();
  expect((await collected).length).toBe(70 * KiB);
  expect(seats).toEqual(["read medium"]);
});

test("a body for which there can be no file fails with what the file system says", async () => {
  vi.stubEnv("TMPDIR", "/nowhere");
  try {
    const collected = collect(Readable.from([Buffer.alloc(70 * KiB)], { objectMode: false }), options().given);
    await expect(collected).rejects.toMatchObject({ code: "ENOENT" });
  } finally {
    vi.unstubAllEnvs();
  }
});
