import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { serveConnection } from "./pglite-connection.ts";

/** What the main thread sends: a port for a new connection, or that it is time to close. */
export type ForEmbedded = { connection: MessagePort } | "close";

/** What it answers once: whether the database could be opened. */
export type FromEmbedded = { opened: true } | { opened: false; problem: string; code: string | undefined };

// The thread in which the embedded database runs, because each of its statements would stop all requests otherwise.
const pglite = new PGlite((workerData as { folder: string }).folder);

pglite.waitReady.then(
  () => parentPort?.postMessage({ opened: true } satisfies FromEmbedded),
  (error: NodeJS.ErrnoException) =>
    parentPort?.postMessage({ opened: false, problem: error.message, code: error.code } satisfies FromEmbedded),
);

parentPort?.on("message", async (message: ForEmbedded) => {
  if (message !== "close") serveConnection(pglite, message.connection, () => process.exit(1));
  else {
    await pglite.close();
    process.exit(0);
  }
});
