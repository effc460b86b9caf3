import type { Message } from "../kinds/index.ts";
import { plain } from "./text.ts";

/** Slack's limits are 50 blocks and 3,000 characters in a text: https://docs.slack.dev/reference/block-kit/blocks */
const BLOCKS = 50;
const LONGEST = 3_000;
/** Escaping makes a character at most five. */
const BEFORE_ESCAPING = LONGEST / 5;

/** A message of Slack's incoming webhooks, in Block Kit. */
export function slack({ title, facts, lines, link }: Message): object {
  const told = facts.map(([name, text]) => `*${escapeText(name)}:* ${escapeText(text)}`).join("\n");
  const blocks = [
    section(`*${escapeText(title)}*`),
    ...(told ? [section(told)] : []),
    ...lines.map((line) => section(`• ${escapeText(line)}`)),
    section(`<${escapeText(link)}|Open>`),
  ];
  return { text: plain(escapeText(title), LONGEST), blocks: blocks.slice(0, BLOCKS) };
}

/** `verbatim`: Slack makes no links and mentions of what looks like one. */
function section(text: string) {
  return { type: "section", text: { type: "mrkdwn", text: text.slice(0, LONGEST), verbatim: true } };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeText(text: string): string {
  return plain(text, BEFORE_ESCAPING - 10)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
