import { expect, test } from "vitest";
import type { Message } from "../kinds/index.ts";
import { write } from "./index.ts";

const message = (change: Partial<Message> = {}): Message => ({
  payload: { a: 1 },
  title: "A title",
  facts: [["By", "Ada"]],
  lines: ["one", "two"],
  link: "https://quillon.example/api/stacks/acme/web/dev",
  ...change,
});

// biome-ignore lint/suspicious/noExplicitAny: the shape is what a test asserts
const written = (format: "raw" | "slack" | "ms_teams", change: Partial<Message> = {}): any =>
  JSON.parse(write(format, message(change)));

test("Raw is the payload", () => {
  expect(written("raw")).toEqual({ a: 1 });
});

test("Slack gets blocks, and a text for notifications", () => {
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } });
  expect(written("slack")).toEqual({
    text: "A title",
    blocks: [
      section("*A title*"),
      section("*By:* Ada"),
      section("• one"),
      section("• two"),
      section("<https://quillon.example/api/stacks/acme/web/dev|Open>"),
    ],
  });
});

test.each([
  ["<!channel>", "&lt;!channel&gt;"],
  ["<https://evil.example|click>", "&lt;https://evil.example|click&gt;"],
  ["a & b", "a &amp; b"],
  ["a\u0000\u001b[31mb\u202e", "a [31mb "],
])("Slack escapes %j in every text", (text, escaped) => {
  const { text: title, blocks } = written("slack", { title: text, facts: [[text, text]], lines: [text] });
  const [first, facts, line] = blocks.map((block: { text: { text: string } }) => block.text.text);
  expect(title.replaceAll(" ", "")).toBe(escaped.replaceAll(" ", ""));
  for (const shown of [first, facts, line]) expect(shown.replaceAll(" ", "")).toContain(escaped.replaceAll(" ", ""));
});

const LONG = ["&".repeat(100_000), "😀".repeat(50_000), "\n".repeat(50_000), "x".repeat(1_000_000)];

test.each(LONG)("Slack's limits are kept, whatever is said (%#)", (text) => {
  const blocks = written("slack", { title: text, facts: [["By", text]], lines: new Array(100).fill(text) }).blocks;
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
});

test("Teams gets an Adaptive Card whose texts are no Markdown", () => {
  const { type, attachments } = written("ms_teams", { lines: ["[a](https://evil.example)"] });
  expect(type).toBe("message");
  expect(attachments).toHaveLength(1);
  const { contentType, content } = attachments[0];
  expect(contentType).toBe("application/vnd.microsoft.card.adaptive");
  expect(content).toMatchObject({ type: "AdaptiveCard", version: "1.4" });
  expect(content.body.map(({ type }: { type: string }) => type)).toEqual(new Array(3).fill("RichTextBlock"));
  expect(content.body[2].inlines[0].text).toBe("• [a](https://evil.example)");
  expect(content.actions).toEqual([
    { type: "Action.OpenUrl", title: "Open", url: "https://quillon.example/api/stacks/acme/web/dev" },
  ]);
});

test.each(LONG)("Teams' limit of 28 KB is kept, whatever is said (%#)", (text) => {
  const body = write("ms_teams", message({ title: text, facts: [["By", text]], lines: new Array(5).fill(text) }));
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(28 * 1024);
  expect(body).toContain("Action.OpenUrl");
});
