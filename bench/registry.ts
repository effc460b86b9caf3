// npm run bench -- registry: publishing and downloading policy packs of 1, 10 and 100 MB, and 50 clients that download one of
// 10 MB at the same time, each compared with a plain static file server in its own process. And the memory that the server
// takes for each size.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import tar from "tar-stream";
import { memoryOf } from "./measure/process.ts";
import { pairs, printPairs, time } from "./measure/ratios.ts";
import { type Registry, startPlainFiles, startQuillon } from "./registry/registries.ts";

const MB = 1_000_000;
const SIZES = [1, 10, 100];
const CLIENTS = 50;
const count = Number(process.env.ROUNDS ?? 5);

interface Peers {
  quillon: Registry;
  plain: Registry;
}

export async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "quillon-bench-"));
  const [quillon, plain] = await Promise.all([startQuillon(folder), startPlainFiles(folder)]);
  const peers = { quillon, plain };
  try {
    for (const size of SIZES) await watched(quillon, () => compare(peers, size));
    await watched(quillon, () => compareDownloads(peers, 10, CLIENTS));
  } finally {
    await Promise.all([quillon.stop(), plain.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(peers: Peers, size: number): Promise<void> {
  const archive = await archiveOf(size * MB);
  const rate = (registry: Registry) => megabytesPerSecond(archive.length, () => registry.upload(archive));
  const figures = await pairs(
    () => rate(peers.quillon),
    () => rate(peers.plain),
    { count },
  );
  print(`publish ${size} MB`, figures);
  await compareDownloads(peers, size, 1);
}

async function compareDownloads({ quillon, plain }: Peers, size: number, clients: number): Promise<void> {
  const archive = await archiveOf(size * MB);
  const everybody = async (registry: Registry) => {
    const url = await registry.locate(await registry.upload(archive));
    const downloads = () => Promise.all(Array.from({ length: clients }, () => download(url, archive.length)));
    return () => megabytesPerSecond(archive.length * clients, downloads);
  };
  const figures = await pairs(await everybody(quillon), await everybody(plain), { count });
  print(`download ${size} MB, ${clients} client${clients > 1 ? "s" : ""}`, figures);
}

function print(title: string, figures: Awaited<ReturnType<typeof pairs<number>>>): void {
  printPairs({ a: `${title}, Quillon`, b: `${title}, plain files` }, figures, "MB/s");
}

async function megabytesPerSecond(bytes: number, work: () => Promise<unknown>): Promise<number> {
  return bytes / MB / ((await time(work)) / 1000);
}

async function download(url: string, size: number): Promise<void> {
  const response = await fetch(url);
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.length;
  if (bytes !== size) throw new Error(`${url} gave ${bytes} bytes, not ${size}`);
}

/** A pack of about that many bytes that can't be compressed any further. */
async function archiveOf(bytes: number): Promise<Buffer<ArrayBuffer>> {
  const pack = tar.pack();
  pack.entry({ name: "package/PulumiPolicy.yaml" }, "runtime: nodejs\n");
  pack.entry({ name: "package/data.bin" }, randomBytes(bytes));
  pack.finalize();
  return buffer(pack.pipe(createGzip({ level: 1 }))) as Promise<Buffer<ArrayBuffer>>;
}

/** Does the work while it looks at a process's resident memory twenty times a second, and prints the most that it saw. */
async function watched({ pid }: Registry, work: () => Promise<void>): Promise<void> {
  const mib = () => memoryOf(pid).rss / 1024 ** 2;
  const before = mib();
  let most = before;
  const look = () => {
    most = Math.max(most, mib());
  };
  const timer = setInterval(look, 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  const name = "resident memory of Quillon".padEnd(34);
  console.log(`${name} ${before.toFixed(0).padStart(8)} MiB before, ${most.toFixed(0)} at most`);
}
