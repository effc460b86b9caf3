import type { Message } from "../kinds/index.ts";
import { plain } from "./text.ts";

/** In bytes: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
const LARGEST = 28 * 1024;
const TITLE = 500;
const TEXT = 1_000;

/** A message of Microsoft Teams' workflows, with an Adaptive Card. As many lines are in it as fit. */
export function teams(message: Message): object {
  let { lines } = message;
  let card = cardOf({ ...message, lines });
  while (lines.length > 0 && Buffer.byteLength(JSON.stringify(card)) > LARGEST) {
    lines = lines.slice(0, -1);
    card = cardOf({ ...message, lines });
  }
  return card;
}

function cardOf({ title, facts, lines, link }: Message) {
  const body = [
    text(plain(title, TITLE), { size: "large", weight: "bolder" }),
    ...facts.slice(0, 10).map(([name, value]) => text(`${plain(name, TITLE)}: ${plain(value, TEXT)}`)),
    ...lines.map((line) => text(`• ${plain(line, TEXT)}`)),
  ];
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body,
    actions: [{ type: "Action.OpenUrl", title: "Open", url: link }],
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

/** Unlike a TextBlock it takes no Markdown, so a stranger's text can't hold a link. */
function text(shown: string, style: object = {}) {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", text: shown, ...style }] };
}
