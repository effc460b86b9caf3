import { childrenOf } from "../json/span.ts";

/** What every engine event has beside its payload. */
const COMMON = new Set(["sequence", "timestamp"]);

/**
 * An engine event's JSON text with the name of its payload in front, as `type`: Pulumi's API has it in answers, and the CLI
 * does not send it. The rest is unchanged.
 *
 * @param json may end early, within the payload.
 */
export function withType(json: Buffer): Buffer {
  for (const { key } of childrenOf(json)) {
    if (key === undefined || key === "type") return json;
    if (COMMON.has(key)) continue;
    return Buffer.concat([Buffer.from(`{"type":${JSON.stringify(key)},`), json.subarray(json.indexOf("{") + 1)]);
  }
  return json;
}

/** The same for a text that is read while it is sent. Its first part has the name of the payload. */
export async function* withTypeOf(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const part of parts) {
    yield first ? withType(part) : part;
    first = false;
  }
}
