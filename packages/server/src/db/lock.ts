import { randomUUID } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, relative } from "node:path";

const SUFFIX = ".lock.sock";
/** Kernels take about this many bytes of a unix socket's path. */
const LONGEST_PATH = 100;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the data folder for this process. The holder listens on a unix socket in it, so that the kernel itself says
 * whether a holder lives, and a crash leaves nothing that could be mistaken for one. Each starter publishes a socket of
 * its own, already listening, and only then looks for others: of two starting at once at least one sees the other.
 *
 * @param holder what to tell those who come later, such as the process id and where it listens.
 * @throws Error naming the holder, when there is one.
 */
export async function lockFolder(folder: string, holder: () => string): Promise<FolderLock> {
  const name = `${randomUUID().slice(0, 8)}${SUFFIX}`;
  const unpublished = socketPath(folder, `.${name}.tmp`);
  const server = await listen(unpublished, holder);
  await rename(unpublished, join(folder, name));
  const release = async () => {
    await new Promise((closed) => server.close(closed));
    await rm(join(folder, name), { force: true });
  };
  for (const other of await readdir(folder)) {
    if (!other.endsWith(SUFFIX) || other === name) continue;
    const answer = await ask(socketPath(folder, other));
    if (answer === undefined) await rm(join(folder, other), { force: true });
    else {
      await release();
      throw new Error(
        `The data folder ${folder} is in use by another Quillon server (${answer}). Stop that one first.`,
      );
    }
  }
  return { release };
}

function socketPath(folder: string, name: string): string {
  const absolute = join(folder, name);
  const short = relative(process.cwd(), absolute);
  const path = short.length < absolute.length ? short : absolute;
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new Error(`The data folder's path is too long for a socket in it: ${folder}. Choose a shorter one.`);
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

/** What the holder says, or undefined when nobody is behind the socket. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let answer = "";
    connect(path)
      .setEncoding("utf8")
      .on("data", (text) => {
        answer += text;
      })
      .on("end", () => resolve(answer))
      .on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(undefined);
        else reject(error);
      });
  });
}
