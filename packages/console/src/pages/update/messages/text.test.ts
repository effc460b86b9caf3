import { expect, test } from "vitest";
import { messagesOf, plain } from "./text.ts";

test.each([
  ["<{%fg 1%}>error:<{%reset%}> it failed\n", "error: it failed"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["a <{ b", "a <{ b"],
])("%j is shown as %j", (message, shown) => expect(plain(message)).toBe(shown));

const event = (diagnosticEvent: object, sequence = 1) => ({ sequence, timestamp: 0, diagnosticEvent });

test("messages for people are listed", () => {
  const events = [
    event({ severity: "info#err", prefix: "web: ", message: "hello", urn: "u" }, 7),
    event({ severity: "info", message: "waiting", ephemeral: true }),
    event({ severity: "debug", message: "detail" }),
    event({ severity: "info", message: "\n" }),
    {},
    null,
  ];
  expect(messagesOf(events)).toEqual([{ key: "7", severity: "info", urn: "u", text: "web: hello" }]);
});
