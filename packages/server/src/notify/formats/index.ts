import type { WebhookFormat } from "@quillon/contract";
import type { Message } from "../kinds/index.ts";
import { slack } from "./slack.ts";
import { teams } from "./teams.ts";
import { wellFormed } from "./text.ts";

export { wellFormed } from "./text.ts";

const formats: Record<WebhookFormat, (message: Message) => object> = {
  raw: ({ payload }) => payload,
  slack,
  ms_teams: teams,
};

/** The body of a request with the message. */
export function write(format: WebhookFormat, message: Message): string {
  return JSON.stringify(formats[format](message), (_, value) =>
    typeof value === "string" ? wellFormed(value) : value,
  );
}
