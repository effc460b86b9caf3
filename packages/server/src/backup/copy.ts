import { copyFile, link, mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import { socketPath } from "../db/lock.ts";
import type { Db } from "../db/open.ts";
import { FolderCopy } from "./copy-folder.ts";
import { listBlobs } from "./tables.ts";

const SOCKET = "backup.sock";
const COPY = "backup.tmp";
/** How long requests may wait for a copy. It is less than the 30 seconds after which they fail. */
const STANDSTILL_MS = 20_000;

/** What a server answers on the socket. */
type Answer = { copy: true } | { problem: string };

/**
 * Lets `quillon backup` ask for a copy of the embedded database, on a socket in the data folder. So whoever may ask could read the
 * folder anyway. The copy is there as long as the connection is open.
 */
export async function serveCopies({ db, data }: { db: Db; data: string }): Promise<{ close(): Promise<void> }> {
  const path = socketPath(data, SOCKET);
  const copy = join(data, COPY);
  // What a process that was killed has left. The folder's lock says that it runs no more.
  await rm(path, { force: true });
  await rm(copy, { recursive: true, force: true });
  const open = new Set<Socket>();
  const closing = new AbortController();
  let working = Promise.resolve();
  const serve = async (socket: Socket) => {
    const closed = new Promise((resolve) => socket.once("close", resolve));
    if (socket.destroyed) return;
    try {
      await copyAll(db, { data, copy, closing: closing.signal });
      socket.write(answerOf({ copy: true }));
      await closed;
    } catch (error) {
      socket.end(answerOf({ problem: (error as Error).message }));
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  };
  const server = createServer((socket) => {
    open.add(socket);
    socket
      .on("error", () => {})
      .on("close", () => open.delete(socket))
      .resume();
    // One at a time, because there is one copy.
    working = working.then(() => serve(socket));
  });
  await listen(server, path);
  return {
    async close() {
      closing.abort(new Error("the server ends."));
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
      await working;
    },
  };
}

function answerOf(answer: Answer): string {
  return `${JSON.stringify(answer)}\n`;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(path, resolve);
    server.unref();
  });
}

/**
 * Copies the embedded database, with the blobs of the same moment. At the end it stands still, because its only connection is held,
 * until what was changed meanwhile is copied, too. Opening the copy is as after a crash.
 *
 * @throws Error when that takes so long that requests would fail.
 */
async function copyAll(
  db: Db,
  { data, copy, closing }: { data: string; copy: string; closing: AbortSignal },
): Promise<void> {
  await mkdir(copy, { mode: 0o700 });
  const database = new FolderCopy(join(data, "database"), join(copy, "database"));
  const linked = new Set<string>();
  const linkOthers = async (one: Db) => {
    const names = (await listBlobs(one)).filter((name) => !linked.has(name));
    const missing = new Set(await linkBlobs(join(data, "blobs"), join(copy, "blobs"), names));
    for (const name of names) if (!missing.has(name)) linked.add(name);
  };
  await sql`checkpoint`.execute(db);
  await database.round(closing);
  await linkOthers(db);
  // What was changed during the first round, which may have taken minutes.
  await database.round(closing);
  await db.connection().execute(async (one) => {
    const signal = AbortSignal.timeout(STANDSTILL_MS);
    await sql`checkpoint`.execute(one);
    try {
      await database.round(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(
        `it was changed faster than it could be copied, and requests wait ${STANDSTILL_MS / 1000} seconds at most. Try again later, or stop the server first.`,
      );
    }
    await linkOthers(one);
  });
}

/**
 * Gives blobs another name, under which they stay when they are removed. They never change, so no byte is copied.
 *
 * @returns those that are not there.
 */
export async function linkBlobs(from: string, to: string, names: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const folder of new Set(names.map((name) => dirname(name)))) await mkdir(join(to, folder), { recursive: true });
  for (const name of names) {
    try {
      await linkOrCopy(join(from, name), join(to, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      missing.push(name);
    }
  }
  return missing;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // Not each file system has links.
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await copyFile(from, to);
  }
}

/**
 * Asks the server that has the folder open for a copy.
 *
 * @returns its folder, which is there until it is released or the server ends (`gone`); undefined when no server runs there.
 * @throws Error with the reason when the server could not make one.
 */
export async function askForCopy(
  data: string,
): Promise<{ folder: string; gone: AbortSignal; release(): void } | undefined> {
  const socket = await reach(socketPath(data, SOCKET));
  if (!socket) return undefined;
  const answer = await firstLine(socket);
  if (answer && "copy" in answer) {
    const gone = new AbortController();
    socket.once("close", () =>
      gone.abort(new Error("The server ended while it was backed up, so there is no backup.")),
    );
    return { folder: join(data, COPY), gone: gone.signal, release: () => socket.destroy() };
  }
  socket.destroy();
  throw new Error(
    answer
      ? `The server could not copy its database: ${answer.problem}`
      : `The server of ${data} ended before it had copied its database. Try again.`,
  );
}

function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(undefined);
      else reject(error);
    });
  });
}

function firstLine(socket: Socket): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve(JSON.parse(text) as Answer);
    });
    socket.once("close", () => resolve(undefined));
  });
}
