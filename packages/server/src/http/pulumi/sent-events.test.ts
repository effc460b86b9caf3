import { expect, test } from "vitest";
import { project } from "../../json/project.ts";
import { sentEvents } from "./sent-events.ts";

const schema = {
  properties: {
    events: {
      items: {
        properties: {
          sequence: {},
          policyAnalyzeSummaryEvent: { properties: { resourceUrn: {}, passed: { items: {} }, failed: { items: {} } } },
        },
      },
    },
  },
};

// All lists of a request together may have hundreds of megabytes, and decoding them at once would stop everybody.
test("the lists of an event are not decoded with it", () => {
  const summary = { resourceUrn: "u", passed: ["a"], failed: ["b"] };
  const raw = Buffer.from(JSON.stringify({ events: [{ sequence: 1, policyAnalyzeSummaryEvent: summary }] }));
  const { value, span } = project(raw, schema);
  const [event] = sentEvents(value as Parameters<typeof sentEvents>[0], { raw, span });
  expect(event?.event.policyAnalyzeSummaryEvent).toEqual({ resourceUrn: "u", passed: [], failed: [] });
  expect(event?.lists.map(({ field, json }) => [field, json.toString()])).toEqual([
    ["passed", '["a"]'],
    ["failed", '["b"]'],
  ]);
});
