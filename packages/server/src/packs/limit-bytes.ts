import { newError } from "@quillon/contract";
import { settingLabel } from "../settings.ts";

/**
 * Passes bytes on until there are more than `limit`.
 *
 * @throws body_too_large, while it is read.
 */
export function limitBytes(limit: number) {
  return async function* limited(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw newError("body_too_large", { limit, setting: settingLabel("archiveLimit") });
      yield chunk;
    }
  };
}
