import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, relative } from "node:path";
import { requireOwner } from "./owner.ts";

const SUFFIX = ".lock.sock";
/** A kernel allows about this many bytes in a unix socket's path: 108 on Linux, 104 on macOS. */
const LONGEST_PATH = 100;
/** A process that runs answers at once, unless it is stopped or its machine stands still. */
const ANSWER_WITHIN_MS = 5_000;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks the data folder for this process. The process listens on a unix socket in the folder. So the kernel tells
 * whether the process that made a socket still runs, and a socket that a crash left behind locks nothing. Each process
 * first adds its own listening socket and only then looks for others, so that of two that start at the same time at
 * least one sees the other.
 *
 * @param holder returns what a later process is told, such as the process id and where it listens.
 * @param answerWithin how long another process may take to answer, in milliseconds.
 * @throws Error that names the process that has the lock, or says that the folder's path is too long, or that its database is another
 *   user's.
 */
export async function lockFolder(
  folder: string,
  holder: () => string,
  answerWithin = ANSWER_WITHIN_MS,
): Promise<FolderLock> {
  const name = `${process.pid}-${randomUUID().slice(0, 8)}${SUFFIX}`;
  const unpublished = socketPath(folder, `.${name}.tmp`);
  const server = await listen(unpublished, holder);
  await rename(unpublished, join(folder, name));
  const release = async () => {
    await new Promise((closed) => server.close(closed));
    await rm(join(folder, name), { force: true });
  };
  for (const other of await readdir(folder)) {
    if (!other.endsWith(SUFFIX) || other === name) continue;
    const answer = await ask(socketPath(folder, other), answerWithin);
    if (answer === "nobody") await rm(join(folder, other), { force: true });
    else {
      await release();
      throw new Error(inUse(folder, other, answer));
    }
  }
  try {
    await requireOwner(folder, name);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

export function socketPath(folder: string, name: string): string {
  const absolute = join(folder, name);
  const short = relative(process.cwd(), absolute);
  const path = short.length < absolute.length ? short : absolute;
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new Error(
      `The path of the data folder is too long for a socket in it: ${folder}. Choose a folder with a shorter path.`,
    );
  }
  return path;
}

function listen(path: string, holder: () => string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on("error", () => {}).end(holder()));
    server.once("error", reject).listen(path, () => resolve(server));
    server.unref();
  });
}

/** @param name of the other's socket, which begins with its process id. */
function inUse(folder: string, name: string, answer: Answer): string {
  const otherwise = "or choose another folder with --data (QUILLON_DATA)";
  if (answer !== "silence" && answer !== "nobody")
    return `The data folder ${folder} is in use by another Quillon server (${answer.holder}). Stop that server first, ${otherwise}.`;
  const pid = /^(\d+)-/.exec(name)?.[1];
  return (
    `The data folder ${folder} is in use by another Quillon server${pid ? ` (process ${pid})` : ""} that does not answer. ` +
    `It may be suspended: continue or end it, ${otherwise}.`
  );
}

type Answer = "nobody" | "silence" | { holder: string };

/** Asks the process behind the socket who it is. */
function ask(path: string, within: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let holder = "";
    const socket = connect(path)
      .setEncoding("utf8")
      .setTimeout(within, () => {
        socket.destroy();
        resolve("silence");
      })
      .on("data", (text) => {
        holder += text;
      })
      .on("end", () => resolve({ holder }))
      .on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve("nobody");
        else reject(error);
      });
  });
}
