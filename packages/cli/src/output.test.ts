import { afterEach, expect, test, vi } from "vitest";
import { asJson, printFacts, say } from "./output.ts";

afterEach(() => vi.restoreAllMocks());

function printed(to: "stdout" | "stderr", print: () => void): string {
  const write = vi.spyOn(process[to], "write").mockReturnValue(true);
  print();
  return write.mock.calls.map(([text]) => text).join("");
}

test("a stranger's text can't pass for another fact, and has nothing that a terminal obeys", () => {
  const facts = { Reason: "none\nApproved by: alice\u001b[1A\u001b[2K", Status: "pending" };
  expect(printed("stdout", () => printFacts({}, {}, facts))).toBe(
    "Reason:  none\n         Approved by: alice\ufffd[1A\ufffd[2K\nStatus:  pending\n",
  );
});

test("what is said has nothing that a terminal obeys", () => {
  expect(printed("stderr", () => say("one\ntwo \u001b[31m\u202e"))).toBe("one\ntwo \ufffd[31m\ufffd\n");
});

test("JSON escapes what a terminal obeys, and keeps what it means", () => {
  const json = asJson({ reason: "\u001b\u009b\u007fé" });
  expect(json).toBe('{\n  "reason": "\\u001b\\u009b\\u007fé"\n}\n');
  expect(JSON.parse(json)).toEqual({ reason: "\u001b\u009b\u007fé" });
});
