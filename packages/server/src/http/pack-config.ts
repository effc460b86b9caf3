import type { SentConfig } from "../groups/index.ts";
import { membersOf } from "../json/span.ts";

/** The member `config` of the object in `raw`: its value, and its exact text. */
export function readConfig(
  value: Record<string, unknown> | undefined,
  raw: Buffer | undefined,
): SentConfig | undefined {
  const text = raw && membersOf(raw).get("config");
  return value && text && { text: text.toString("utf8"), value };
}
