import { afterEach, expect, test, vi } from "vitest";
import { asJson, asJsonLine, printFacts, say } from "./output.ts";

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

test("JSON escapes what a terminal obeys or turns, and keeps what it means", () => {
  const value = { reason: "\u001b\u009b\u007f\u202e\u2066é" };
  const reason = '"reason"';
  const escaped = '"\\u001b\\u009b\\u007f\\u202e\\u2066é"';
  expect(asJson(value)).toBe(`{\n  ${reason}: ${escaped}\n}\n`);
  expect(asJsonLine(value)).toBe(`{${reason}:${escaped}}\n`);
  expect(JSON.parse(asJsonLine(value))).toEqual(value);
});
