import type { IncomingHttpHeaders } from "node:http";
import parseRange from "range-parser";
import type { Archive } from "../../packs/index.ts";
import { Raw } from "../route.ts";

/**
 * Sends an archive, whole or the one range that was asked for. There is no Content-Encoding, because Go's client would
 * undo it and the CLI would then fail to unpack.
 */
export function sendArchive({ sha256, size, read }: Archive, requested: IncomingHttpHeaders): Raw {
  const etag = `"${sha256}"`;
  const headers = {
    etag,
    "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    "content-type": "application/gzip",
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=86400, immutable",
  };
  if (requested["if-none-match"]?.split(/,\s*/).includes(etag)) return new Raw("", headers, 304);
  const ranges = requested.range ? parseRange(size, requested.range) : undefined;
  if (ranges === -1) return new Raw("", { ...headers, "content-range": `bytes */${size}` }, 416);
  const part = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1 ? ranges[0] : undefined;
  if (!part) return new Raw(read(), { ...headers, "content-length": size });
  const { start, end } = part;
  const range = { "content-length": end - start + 1, "content-range": `bytes ${start}-${end}/${size}` };
  return new Raw(read({ start, end }), { ...headers, ...range }, 206);
}
