import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import tar, { type Header } from "tar-stream";
import { afterAll, describe, expect, test } from "vitest";
import { openWorkers } from "../testing/workers.ts";
import { Workers } from "../workers/pool.ts";
import { checkArchive } from "./archive.ts";

type Entry = Partial<Header> & { name: string; content?: string };

const project: Entry = { name: "package/PulumiPolicy.yaml", content: "runtime: nodejs\n" };

async function tarOf(entries: Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = "", ...header } of entries) pack.entry(header, content);
  pack.finalize();
  return buffer(pack);
}

const workers = openWorkers();
afterAll(() => workers.close());
const logged: string[] = [];
const log = { info() {}, warn() {}, error: (_: object, sentence: string) => void logged.push(sentence) };

const check = (bytes: Buffer, limits = { bytes: 1_000_000, entries: 20 }) =>
  checkArchive({ workers, log }, Readable.from([bytes]), limits);

test("a good archive is known by the SHA-256 and the size of its packed bytes", async () => {
  const bytes = gzipSync(
    await tarOf([{ name: "package", type: "directory" }, project, { name: "package/index.js", content: "1" }]),
  );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await expect(check(bytes)).resolves.toMatchObject({ sha256, size: bytes.length, facts: { bill: undefined } });
});

test("too many entries are refused, the folders included that only names have", async () => {
  const files = Array.from({ length: 10 }, (_, i) => ({ name: `package/${i}/a` }));
  await expect(check(gzipSync(await tarOf([project, ...files])))).rejects.toMatchObject({
    id: "archive_invalid",
    message: expect.stringContaining("more than 20 files and folders"),
  });
});

test("a bomb is refused while it is decompressed", async () => {
  const bomb = gzipSync(await tarOf([project, { name: "package/zeros", content: "\0".repeat(2_000_000) }]));
  expect(bomb.length).toBeLessThan(10_000);
  await expect(check(bomb)).rejects.toMatchObject({ id: "body_too_large", status: 413 });
});

test("a file whose content is looked at may not be large", async () => {
  const large = { name: "package/package.json", content: " ".repeat(300_000) };
  await expect(check(gzipSync(await tarOf([project, large])))).rejects.toMatchObject({
    message: expect.stringContaining('"package/package.json" is larger than 262144 bytes'),
  });
});

test("what a pack needs is looked at however many other files of requirements come before it", async () => {
  const others = Array.from({ length: 60 }, (_, i) => ({ name: `package/${i}/requirements.txt` }));
  const large = { name: "package/requirements-all.txt", content: " ".repeat(300_000) };
  const manifest = { name: "package/package.json", content: '{"dependencies": {"x": "file:../x"}}' };
  const bytes = gzipSync(await tarOf([large, ...others, project, manifest]));
  await expect(check(bytes, { bytes: 1_000_000, entries: 200 })).rejects.toMatchObject({
    message: expect.stringContaining("asks for x"),
  });
});

test("the files that only Python's tools write are looked at, unless they are large", async () => {
  const uses = {
    name: "package/PulumiPolicy.yaml",
    content: "runtime: {name: python, options: {toolchain: poetry}}\n",
  };
  const pyproject = { name: "package/pyproject.toml", content: '[tool.poetry.dependencies]\nx = {path = "x"}' };
  const nested = { name: "package/x/pyproject.toml", content: '[tool.poetry.dependencies]\ny = {path = "../../y"}' };
  await expect(check(gzipSync(await tarOf([uses, pyproject, nested])))).rejects.toMatchObject({
    message: expect.stringContaining("package/x/pyproject.toml asks for y"),
  });
  const content = '[[package]]\nname = "z"\n[package.source]\ntype = "directory"\nurl = "../z"\n';
  const lock = { name: "package/poetry.lock", content };
  await expect(check(gzipSync(await tarOf([uses, { ...pyproject, content: "" }, lock])))).rejects.toMatchObject({
    message: expect.stringContaining("package/poetry.lock asks for z"),
  });
  const large = { ...lock, content: content + " ".repeat(300_000) };
  await expect(check(gzipSync(await tarOf([uses, { ...pyproject, content: "" }, large])))).resolves.toBeDefined();
});

test("an archive that comes in small pieces is read alike", async () => {
  const bytes = gzipSync(await tarOf([project, { name: "package/a", content: randomBytes(5000).toString("hex") }]));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 100) }, (_, i) =>
    bytes.subarray(i * 100, i * 100 + 100),
  );
  await expect(
    checkArchive({ workers, log }, Readable.from(pieces), { bytes: 1_000_000, entries: 20 }),
  ).resolves.toMatchObject({
    size: bytes.length,
  });
});

describe("files that name dependencies are read outside the main thread", () => {
  test.each([
    ["many dependencies and as many sources", 'tool.uv.sources.a.path = "x"', sources(17_000)],
    ["a URL of many fragments", `tool.uv.sources.a.url = "file:a${"#".repeat(200_000)}\u2028x"`, ""],
  ])("%s", async (_, content, inner) => {
    const files = [
      { name: "package/PulumiPolicy.yaml", content: "runtime: {name: python, options: {toolchain: uv}}\n" },
      { name: "package/pyproject.toml", content },
      { name: "package/x/pyproject.toml", content: inner },
      { name: "package/a" },
    ];
    let running = 0;
    const watching = setInterval(() => {
      running = Math.max(running, workers.tasks().running);
    });
    await expect(check(gzipSync(await tarOf(files)))).resolves.toBeDefined();
    clearInterval(watching);
    expect(running).toBe(1);
  });

  test("what can't be read there is refused, and logged", async () => {
    // A module without tasks.
    const unable = new Workers(new URL("../workers/buffers.ts", import.meta.url));
    const content = JSON.stringify({ dependencies: { a: "1" }, x: " ".repeat(5_000) });
    const bytes = gzipSync(await tarOf([project, { name: "package/package.json", content }]));
    const checked = checkArchive({ workers: unable, log }, Readable.from([bytes]), { bytes: 1_000_000, entries: 20 });
    await expect(checked).rejects.toMatchObject({ message: expect.stringContaining("could not be read in") });
    await unable.close();
    expect(logged).toEqual(["the files of a policy pack could not be read"]);
  });
});

/** So many dependencies in a pyproject.toml, and as many sources of others. */
function sources(count: number): string {
  const each = Array.from({ length: count }, (_, i) => `a${i.toString(36)}={}\n`).join("");
  return `[project]\ndependencies=[${'"b",'.repeat(count)}]\n[tool.uv.sources]\n${each}`;
}
