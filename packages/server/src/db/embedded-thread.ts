import { existsSync } from "node:fs";
import { join } from "node:path";
import { type MessagePort, Worker } from "node:worker_threads";
import { besideModule } from "../workers/beside-module.ts";
import type { ForEmbedded, FromEmbedded } from "./embedded-worker.ts";

/** The thread that has the embedded database open. There is one at most, because PGlite does not lock its folder. */
export class EmbeddedThread {
  readonly #folder: string;
  #worker: Worker | undefined;
  /** When no thread has the folder open. */
  #ended: Promise<void>;
  /** Fails with the reason when the database can't be made or opened. */
  readonly opened: Promise<void>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#ended = existsSync(join(folder, "PG_VERSION")) ? Promise.resolve() : this.#make();
    this.opened = this.#running().then(openedBy);
    // Without a listener a failure would end the process before somebody waits for it.
    this.opened.catch(() => {});
  }

  /** Serves a connection to the database. If the thread has ended, another is started, which recovers the database. */
  async connect(port: MessagePort): Promise<void> {
    try {
      const worker = await this.#running();
      worker.postMessage({ connection: port } satisfies ForEmbedded, [port]);
    } catch {
      port.close();
    }
  }

  /** Ends a thread that can't go on. */
  abandon(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Closes the database. */
  async close(): Promise<void> {
    await this.opened.catch(() => {});
    this.#worker?.postMessage("close" satisfies ForEmbedded);
    await this.#ended.catch(() => {});
  }

  /** Makes the database in another thread, because making it takes memory that only the end of a thread gives back. */
  async #make(): Promise<void> {
    const { worker, ended } = this.#start();
    try {
      await openedBy(worker);
    } finally {
      worker.postMessage("close" satisfies ForEmbedded);
      await ended;
    }
  }

  async #running(): Promise<Worker> {
    if (this.#worker) return this.#worker;
    await this.#ended;
    if (!this.#worker) {
      const { worker, ended } = this.#start();
      this.#worker = worker;
      this.#ended = ended;
    }
    return this.#worker;
  }

  #start(): { worker: Worker; ended: Promise<void> } {
    const url = besideModule("embedded-worker", import.meta.url);
    const worker = new Worker(url, { workerData: { folder: this.#folder } });
    // The connections say that the thread has failed.
    worker.on("error", () => {});
    const ended = new Promise<void>((resolve) => {
      worker.once("exit", () => {
        if (this.#worker === worker) this.#worker = undefined;
        resolve();
      });
    });
    return { worker, ended };
  }
}

function openedBy(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", (message: FromEmbedded) => {
      if (message.opened) resolve();
      else reject(Object.assign(new Error(message.problem), { code: message.code }));
    });
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The embedded database has ended.")));
  });
}
