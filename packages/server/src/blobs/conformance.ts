import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Blobs } from "./types.ts";

/**
 * The tests that every blob store must pass. `list` returns every name in the store, also of what broken puts left.
 *
 * @param unfinished what is in the list when 20 MiB of the blob `killed` are written.
 */
export function blobsConform(
  open: () => Promise<{ blobs: Blobs; list(): Promise<string[]> }>,
  unfinished: readonly string[],
): void {
  const textOf = async (blobs: Blobs, name: string, range?: { start: number; end: number }) =>
    (await buffer((await blobs.get(name, range))?.bytes ?? Readable.from([]))).toString();
  const put = (blobs: Blobs, name: string, text: string) => blobs.put(name, Readable.from([Buffer.from(text)]));

  test("get returns what was put, and put returns its size", async () => {
    const { blobs } = await open();
    expect(await put(blobs, "a/b.tgz", "hello")).toBe(5);
    expect(await textOf(blobs, "a/b.tgz")).toBe("hello");
  });

  test("a range includes its start and its end", async () => {
    const { blobs } = await open();
    await put(blobs, "a", "0123456789");
    expect(await textOf(blobs, "a", { start: 2, end: 4 })).toBe("234");
  });

  test("the size is that of the whole blob, whatever range is asked for", async () => {
    const { blobs } = await open();
    await put(blobs, "a", "0123456789");
    for (const range of [undefined, { start: 2, end: 4 }]) {
      const blob = await blobs.get("a", range);
      blob?.bytes.destroy();
      expect(blob?.size).toBe(10);
    }
  });

  test("a stream that fails leaves nothing behind", async () => {
    const { blobs, list } = await open();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from("half");
        throw new Error("the client went away");
      })(),
    );
    await expect(blobs.put("a/broken", broken)).rejects.toThrow("went away");
    expect(await list()).toEqual([]);
    expect(await blobs.get("a/broken")).toBeUndefined();
  });

  test("what a killed process leaves of a put is removed with the blob that it would have been", async () => {
    const { blobs, list } = await open();
    let kill: () => void = () => {};
    const written = new Promise<void>((begun) => {
      const endless = async function* () {
        // More than a store keeps in memory.
        yield Buffer.alloc(20 * 1024 * 1024);
        begun();
        await new Promise((_, reject) => {
          kill = () => reject(new Error("killed"));
        });
      };
      blobs.put("a/killed", Readable.from(endless())).catch(() => {});
    });
    await written;
    await expect.poll(list).toEqual(expect.arrayContaining([...unfinished]));
    await blobs.remove("a/killed");
    expect(await list()).toEqual([]);
    kill();
  });

  test("remove removes a blob, and does nothing when there is none", async () => {
    const { blobs, list } = await open();
    await put(blobs, "a", "x");
    await blobs.remove("a");
    await blobs.remove("a");
    expect(await list()).toEqual([]);
  });
}
