import type { MessagePort } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import type { PortMessage } from "./port-stream.ts";

/** AuthenticationOk and ReadyForQuery: https://www.postgresql.org/docs/15/protocol-message-formats.html */
const WELCOME = Buffer.from("520000000800000000" + "5a0000000549", "hex");
/** The first byte of Terminate. PGlite has only one backend, which must not end with a connection. */
const TERMINATE = "X".charCodeAt(0);

/**
 * Answers PostgreSQL's protocol on a port. The database has one backend, so there must be at most one connection at a
 * time. What a connection left open is rolled back before the next one begins.
 *
 * @param died is called when the database can't go on, for example because its disk is full.
 */
export function serveConnection(pglite: PGlite, port: MessagePort, died: (error: unknown) => void): void {
  let answered: Promise<unknown> = pglite.waitReady;
  let greeted = false;
  const answer = async (bytes: Uint8Array) => {
    if (!greeted) {
      greeted = true;
      await pglite.exec("rollback");
      await pglite.exec("discard all");
      return WELCOME;
    }
    return bytes[0] === TERMINATE ? undefined : pglite.execProtocolRaw(bytes);
  };
  port.on("message", (bytes: Uint8Array) => {
    answered = answered
      .then(() => answer(bytes))
      .then((reply) => reply && post(port, reply))
      .catch((error: unknown) => {
        port.postMessage({ failed: `The embedded database failed: ${(error as Error).message}` } satisfies PortMessage);
        died(error);
      });
  });
}

/** What PGlite returns may be a view of its own memory, so it is copied before it moves to the other thread. */
function post(port: MessagePort, reply: Uint8Array): void {
  const copy = Uint8Array.from(reply);
  port.postMessage(copy satisfies PortMessage, [copy.buffer]);
}
