import { maxHeaderSize, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newError, type QuillonError } from "@quillon/contract";
import type { ConnectionError } from "fastify";

/** Answers a request whose URL and headers Node.js can't read. No hook and no route sees it. */
export function refuseUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const refusal = translate(error);
  const body = JSON.stringify(refusal.body());
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroy(error);
}

function translate({ code }: ConnectionError): QuillonError {
  if (code === "HPE_HEADER_OVERFLOW") return newError("headers_too_large", { limit: maxHeaderSize });
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return newError("headers_too_slow", {});
  return newError("bad_request", { problem: "The request is not one that HTTP allows. Send it with an HTTP client." });
}
