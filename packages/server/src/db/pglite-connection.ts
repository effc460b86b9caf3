import type { MessagePort } from "node:worker_threads";
import type { PGlite } from "@electric-sql/pglite";
import { joined, type PortMessage } from "./port-stream.ts";

/** AuthenticationOk and ReadyForQuery: https://www.postgresql.org/docs/15/protocol-message-formats.html */
const WELCOME = Buffer.from("520000000800000000" + "5a0000000549", "hex");
const ERROR_RESPONSE = "E".charCodeAt(0);
/** The field of an ErrorResponse that has the severity in English. */
const SEVERITY = "V".charCodeAt(0);
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
      return Uint8Array.from(WELCOME);
    }
    if (bytes[0] === TERMINATE) return undefined;
    const pieces: Uint8Array[] = [];
    // PGlite's other ways parse each reply, which nobody needs here, and execProtocolRaw keeps all that it has ever parsed.
    await pglite.execProtocolRawStream(bytes, { onRawData: (piece) => pieces.push(piece.slice()) });
    return joined(pieces);
  };
  port.on("message", (bytes: Uint8Array) => {
    answered = answered
      .then(() => answer(bytes))
      .then((reply) => {
        if (!reply) return;
        const hasEnded = isPanic(reply);
        // It moves to the other thread.
        port.postMessage(reply satisfies PortMessage, [reply.buffer]);
        if (hasEnded) died(new Error("PANIC"));
      })
      .catch((error: unknown) => {
        port.postMessage({ failed: `The embedded database failed: ${(error as Error).message}` } satisfies PortMessage);
        died(error);
      });
  });
}

/**
 * Whether the reply says that the backend has ended. PostgreSQL starts a new one then; PGlite does not, and its next
 * statement would never end.
 */
function isPanic(reply: Uint8Array): boolean {
  const bytes = Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength);
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
    if (bytes[at] === ERROR_RESPONSE && severityOf(bytes.subarray(at + 5)) !== "ERROR") return true;
  }
  return false;
}

/** @param fields of an ErrorResponse: each a byte for its kind and a text that ends with a zero. */
function severityOf(fields: Buffer): string {
  for (let at = 0; fields[at]; ) {
    const end = fields.indexOf(0, at);
    if (fields[at] === SEVERITY) return fields.toString("latin1", at + 1, end);
    at = end + 1;
  }
  return "ERROR";
}
