import { newError } from "@quillon/contract";

/** Passes bytes on, and ends with body_too_large at the first one over the limit. */
export function limitBytes(limit: number) {
  return async function* limited(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw newError("body_too_large", { limit });
      yield chunk;
    }
  };
}
