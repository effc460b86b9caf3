import { expect, test } from "vitest";
import { withType, withTypeOf } from "./typed-event.ts";

test.each([
  [
    '{"sequence":1,"timestamp":2,"cancelEvent":{}}',
    '{"type":"cancelEvent","sequence":1,"timestamp":2,"cancelEvent":{}}',
  ],
  ['{"policyEvent":{"message":"ä"},"sequence":1}', '{"type":"policyEvent","policyEvent":{"message":"ä"},"sequence":1}'],
  [' { "sequence" : 1 , "stdoutEvent" : {"mess', '{"type":"stdoutEvent", "sequence" : 1 , "stdoutEvent" : {"mess'],
  ['{"type":"own","sequence":1}', '{"type":"own","sequence":1}'],
  ['{"sequence":1,"timestamp":2}', '{"sequence":1,"timestamp":2}'],
])("%s becomes %s", (sent, answered) => {
  expect(withType(Buffer.from(sent)).toString()).toBe(answered);
});

test("of a text in parts, only the first part changes, and no character is broken between two", async () => {
  async function* parts() {
    const bytes = Buffer.from('{"sequence":1,"stdoutEvent":{"message":"ä{"}}');
    const middle = bytes.indexOf("ä") + 1;
    yield bytes.subarray(0, middle);
    yield bytes.subarray(middle);
  }
  const answered: Buffer[] = [];
  for await (const part of withTypeOf(parts())) answered.push(part);
  expect(Buffer.concat(answered).toString()).toBe('{"type":"stdoutEvent","sequence":1,"stdoutEvent":{"message":"ä{"}}');
});
