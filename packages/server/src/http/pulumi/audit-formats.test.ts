import { expect, test } from "vitest";
import { auditFormats, cefField, cefValue } from "./audit-formats.ts";

test.each([
  ["a|b", "a\\|b"],
  ["a\\b", "a\\\\b"],
  ["a=b", "a=b"],
  ["a\nb", "a b"],
])("the CEF header %j is written %j", (text, written) => {
  expect(cefField(text)).toBe(written);
});

test.each([
  ["a=b", "a\\=b"],
  ["a\\b", "a\\\\b"],
  ["a|b", "a|b"],
  ["a\r\nb", "a\\r\\nb"],
])("the CEF value %j is written %j", (text, written) => {
  expect(cefValue(text)).toBe(written);
});

test("an event is one line of each format", () => {
  const event = {
    id: "7",
    at: new Date("2030-01-31T12:00:00.500Z"),
    login: "bob",
    name: "Bob",
    tokenId: null,
    tokenName: "",
    sourceIp: "::1",
    event: "Access Denied",
    description: "=a|b\nc",
    before: null,
    after: '{"n":1.0}',
  };
  expect(auditFormats.cef.line(event)).toBe(
    "CEF:0|Quillon|Quillon|1|access-denied|Access Denied|7|rt=1896091200500 externalId=7 c6a2Label=Source IPv6 Address c6a2=::1 " +
      "suser=bob cs1Label=actorName cs1=Bob outcome=failure msg=\\=a|b\\nc\n",
  );
  expect(auditFormats.csv.line(event)).toBe(
    '7,2030-01-31T12:00:00.500Z,Access Denied,"\'=a|b\nc",bob,Bob,,,::1,true\r\n',
  );
  expect(auditFormats.jsonl.line(event)).toMatch(/^\{.*"authFailure":true,"after":\{"n":1\.0\}\}\n$/);
});
