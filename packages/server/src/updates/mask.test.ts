import { expect, test } from "vitest";
import { secretTexts, WITHHELD } from "../masking/texts.ts";
import { maskEvent } from "./mask.ts";

const automaton = secretTexts(["hunter22"])?.automaton;

const masked = (json: string) => maskEvent(Buffer.from(json), automaton).toString();
const withheld = (json: string) => maskEvent(Buffer.from(json), undefined).toString();

const state = (text: string) =>
  `{"urn":"hunter22","id":"hunter22","inputs":{"hunter22":"${text}"},"outputs":["${text}"]}`;

test.each([
  [
    "policyEvent",
    '{"policyName":"hunter22","message":"is hunter22","n":1.50}',
    '{"policyName":"hunter22","message":"is [secret]","n":1.50}',
  ],
  [
    "policyRemediationEvent",
    '{"before":{"a":"hunter22"},"after":["hunter22"]}',
    '{"before":{"a":"[secret]"},"after":["[secret]"]}',
  ],
  ["diagnosticEvent", '{"urn":"hunter22","message":"hunter22"}', '{"urn":"hunter22","message":"[secret]"}'],
  ["stdoutEvent", '{"message":"hunter22"}', '{"message":"[secret]"}'],
  ["errorEvent", '{"error":"hunter22"}', '{"error":"[secret]"}'],
  ["preludeEvent", '{"config":{"hunter22":"hunter22"}}', '{"config":{"hunter22":"[secret]"}}'],
  [
    "resOutputsEvent",
    `{"metadata":{"old":null,"new":${state("hunter22")}}}`,
    `{"metadata":{"old":null,"new":${state("[secret]")}}}`,
  ],
  ["policyAnalyzeSummaryEvent", '{"passed":["hunter22"]}', '{"passed":["hunter22"]}'],
  ["eventOfALaterEngine", '{"a":{"b":"hunter22"}}', '{"a":{"b":"[secret]"}}'],
  ["stdoutEvent", '"hunter22"', '"[secret]"'],
  ["diagnosticEvent", '[{"message":"hunter22"}]', '[{"message":"[secret]"}]'],
  [
    "policyEvent",
    '{"policyName":"hunter22","ofALaterEngine":{"policyName":"hunter22"}}',
    '{"policyName":"hunter22","ofALaterEngine":{"policyName":"[secret]"}}',
  ],
  [
    "resourcePreEvent",
    '{"metadata":{"urn":"hunter22","new":{"urn":"hunter22","ofALaterEngine":"hunter22"},"res":["hunter22"]}}',
    '{"metadata":{"urn":"hunter22","new":{"urn":"hunter22","ofALaterEngine":"[secret]"},"res":["[secret]"]}}',
  ],
  ["progressEvent", '{"type":"hunter22","message":"hunter22"}', '{"type":"hunter22","message":"[secret]"}'],
])("in a %s, texts and properties are masked, and names are not", (kind, sent, stored) => {
  const event = (payload: string) => `{"sequence":0, "${kind}" : ${payload} }`;
  expect(masked(event(sent))).toBe(event(stored));
});

test("every one of members with the same key is masked", () => {
  const sent = '{"stdoutEvent":{"message":"hunter22"},"stdoutEvent":{"message":"hunter22","message":"hunter22"}}';
  expect(masked(sent)).toBe(sent.replaceAll('"hunter22"', '"[secret]"'));
});

test("what is escaped is masked, and stays JSON", () => {
  expect(masked(String.raw`{"stdoutEvent":{"message":"\"hunter\u00322\"\n"}}`)).toBe(
    String.raw`{"stdoutEvent":{"message":"\"[secret]\"\n"}}`,
  );
});

test("an event without a secret is not touched", () => {
  const event = Buffer.from('{"stdoutEvent":{"message":"\\u003c"}}');
  expect(maskEvent(event, automaton)).toBe(event);
});

const properties = (text: string) => `{"urn":"urn:a","id":"i-1234","inputs":{"name":"${text}","n":1.50,"b":"abc"}}`;

test.each([
  [
    "policyEvent",
    '{"policyName":"no-public","policyPackName":"pets","enforcementLevel":"mandatory","resourceUrn":"urn:a","message":"said"}',
    `{"policyName":"no-public","policyPackName":"pets","enforcementLevel":"mandatory","resourceUrn":"urn:a","message":"${WITHHELD}"}`,
  ],
  [
    "policyRemediationEvent",
    '{"policyName":"no-public","before":{"a":"said"},"after":{"a":["said"]}}',
    '{"policyName":"no-public","before":{"a":"[not kept]"},"after":{"a":["[not kept]"]}}',
  ],
  [
    "diagnosticEvent",
    '{"urn":"urn:a","message":"said","severity":"error"}',
    `{"urn":"urn:a","message":"${WITHHELD}","severity":"error"}`,
  ],
  ["preludeEvent", '{"config":{"web:size":"said"}}', '{"config":{"web:size":"[not kept]"}}'],
  [
    "resOutputsEvent",
    `{"metadata":{"op":"create","old":null,"new":${properties("said")}}}`,
    `{"metadata":{"op":"create","old":null,"new":${properties("[not kept]")}}}`,
  ],
  ["policyAnalyzeSummaryEvent", '{"passed":["no-public"]}', '{"passed":["no-public"]}'],
  ["eventOfALaterEngine", '{"a":{"b":"said"},"c":1}', '{"a":{"b":"[not kept]"},"c":1}'],
])("while secrets are not known, of a %s names are kept, and texts are not", (kind, sent, stored) => {
  const event = (payload: string) => `{"sequence":0,"timestamp":12,"${kind}":${payload}}`;
  expect(withheld(event(sent))).toBe(event(stored));
});
