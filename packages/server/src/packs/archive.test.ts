import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar, { type Header } from "tar-stream";
import { describe, expect, test } from "vitest";
import { checkArchive } from "./archive.ts";

type Entry = Partial<Header> & { name: string; content?: string };

const project: Entry = { name: "package/PulumiPolicy.yaml", content: "runtime: nodejs\n" };

async function tarOf(entries: Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = "", ...header } of entries) pack.entry(header, content);
  pack.finalize();
  return buffer(pack);
}

const check = (bytes: Buffer, limits = { bytes: 1_000_000, entries: 20 }) =>
  checkArchive(Readable.from([bytes]), limits);

test("a good archive is known by the SHA-256 and the size of its packed bytes", async () => {
  const bytes = gzipSync(
    await tarOf([{ name: "package", type: "directory" }, project, { name: "package/index.js", content: "1" }]),
  );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await expect(check(bytes)).resolves.toEqual({ sha256, size: bytes.length });
});

describe("refused, with the entry that is not accepted", () => {
  test.each<[string, Entry[], string]>([
    ["no project file", [{ name: "package/index.js" }], "has no package/PulumiPolicy.yaml"],
    ["the project file elsewhere", [{ name: "PulumiPolicy.yaml" }], "has no package/PulumiPolicy.yaml"],
    ["a path that leaves the folder", [project, { name: "package/../../x" }], '"package/../../x" leaves the folder'],
    ["an absolute path", [project, { name: "/etc/passwd" }], '"/etc/passwd" is an absolute path'],
    ["a Windows path", [project, { name: "C:/x" }], '"C:/x" is an absolute path'],
    ["a backslash", [project, { name: "package\\..\\x" }], "has a character that no path may have"],
    [
      "a symbolic link",
      [project, { name: "package/l", type: "symlink", linkname: "/etc" }],
      '"package/l" is a symlink',
    ],
    ["a hard link", [project, { name: "package/l", type: "link", linkname: "package/x" }], '"package/l" is a link'],
    ["a device", [project, { name: "package/d", type: "character-device" }], '"package/d" is a character-device'],
    ["a pipe", [project, { name: "package/p", type: "fifo" }], '"package/p" is a fifo'],
    ["the same file twice", [project, project], '"package/PulumiPolicy.yaml" is in it twice'],
    [
      "too many entries",
      Array.from({ length: 21 }, (_, i) => ({ name: `package/${i}` })),
      "more than 20 files and folders",
    ],
  ])("%s", async (_, entries, problem) => {
    await expect(check(gzipSync(await tarOf(entries)))).rejects.toMatchObject({
      id: "archive_invalid",
      message: expect.stringContaining(problem),
    });
  });

  test("bytes that are not gzip", async () => {
    await expect(check(Buffer.from("not gzip"))).rejects.toMatchObject({ message: expect.stringContaining("gzip") });
  });

  test("a gzip stream cut short", async () => {
    const bytes = gzipSync(await tarOf([project, { name: "package/a", content: "x".repeat(5000) }]));
    await expect(check(bytes.subarray(0, bytes.length - 20))).rejects.toMatchObject({ id: "archive_invalid" });
  });

  test("a gzip of something that is not a tar", async () => {
    await expect(check(gzipSync(Buffer.alloc(2000, "text")))).rejects.toMatchObject({
      id: "archive_invalid",
      message: expect.stringContaining("not a tar archive"),
    });
  });

  test("a tar cut short", async () => {
    const whole = await tarOf([project, { name: "package/a", content: "x".repeat(5000) }]);
    await expect(check(gzipSync(whole.subarray(0, 2048)))).rejects.toMatchObject({ id: "archive_invalid" });
  });

  test("a bomb, while it is decompressed", async () => {
    const bomb = gzipSync(await tarOf([project, { name: "package/zeros", content: "\0".repeat(2_000_000) }]));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(check(bomb)).rejects.toMatchObject({ id: "body_too_large", status: 413 });
  });
});
