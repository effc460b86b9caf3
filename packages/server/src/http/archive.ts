import type { IncomingHttpHeaders } from "node:http";
import { newError } from "@quillon/contract";
import parseRange from "range-parser";
import type { Archive } from "../packs/index.ts";
import { RawReply } from "./route.ts";

/**
 * Sends an archive, or the one range of it that the request asks for. There is no Content-Encoding, because Go's HTTP
 * client would then decompress the archive, and the CLI could not unpack it:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/client.go#L1191
 */
export async function sendArchive(
  { sha256, size, read }: Archive,
  requested: IncomingHttpHeaders,
  caching = "private, max-age=86400, immutable",
): Promise<RawReply> {
  const etag = `"${sha256}"`;
  const headers = {
    etag,
    "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    "content-type": "application/gzip",
    "accept-ranges": "bytes",
    "cache-control": caching,
  };
  if (requested["if-none-match"]?.split(/,\s*/).includes(etag)) return new RawReply("", headers, 304);
  const ranges = requested.range ? parseRange(size, requested.range) : undefined;
  if (ranges === -1) return rangeOutside(size);
  const part = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1 ? ranges[0] : undefined;
  if (!part) return new RawReply(() => read(), { ...headers, "content-length": size });
  const { start, end } = part;
  const range = { "content-length": end - start + 1, "content-range": `bytes ${start}-${end}/${size}` };
  return new RawReply(() => read({ start, end }), { ...headers, ...range }, 206);
}

/** An error reply that says how large the archive is, as the status 416 asks for. */
function rangeOutside(size: number): RawReply {
  const error = newError("range_outside", { size });
  const headers = { "content-type": "application/json; charset=utf-8", "content-range": `bytes */${size}` };
  return new RawReply(JSON.stringify(error.body()), headers, error.status);
}
