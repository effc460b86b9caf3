import { type MessagePort, Worker } from "node:worker_threads";
import { besideModule } from "../workers/beside-module.ts";
import type { ForEmbedded, FromEmbedded } from "./embedded-worker.ts";

/** The thread that has the embedded database open. There is one at most, because PGlite does not lock its folder. */
export class EmbeddedThread {
  readonly #folder: string;
  #worker: Worker | undefined;
  /** When no thread has the folder open. */
  #ended: Promise<unknown> = Promise.resolve();
  /** Fails with the reason when the first thread can't open the database. */
  readonly opened: Promise<void>;

  constructor(folder: string) {
    this.#folder = folder;
    this.opened = openedBy(this.#start());
    // Without a listener a failure would end the process before somebody waits for it.
    this.opened.catch(() => {});
  }

  /** Serves a connection to the database. If the thread has ended, another is started, which recovers the database. */
  async connect(port: MessagePort): Promise<void> {
    if (!this.#worker) {
      await this.#ended;
      this.#start();
    }
    this.#worker?.postMessage({ connection: port } satisfies ForEmbedded, [port]);
  }

  /** Ends a thread that can't go on. */
  abandon(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Closes the database. */
  async close(): Promise<void> {
    this.#worker?.postMessage("close" satisfies ForEmbedded);
    await this.#ended;
  }

  #start(): Worker {
    const url = besideModule("embedded-worker", import.meta.url);
    const worker = new Worker(url, { workerData: { folder: this.#folder } });
    // The connections say that the thread has failed.
    worker.on("error", () => {});
    this.#ended = new Promise<void>((ended) => {
      worker.once("exit", () => {
        if (this.#worker === worker) this.#worker = undefined;
        ended();
      });
    });
    this.#worker = worker;
    return worker;
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
