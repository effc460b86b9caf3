import { describe, expect, test } from "vitest";
import { readExceptions } from "./exceptions-read.ts";

const urn = "urn:pulumi:dev::pets::random:index/randomPet:RandomPet::rex";
const match = [{ policies: ["p"], targets: [urn] }];
const right = { reason: "It moves.", match };

test.each<[string, object]>([
  ["an exception without an end", right],
  ["one with an end", { ...right, expiresAt: "2026-12-31T12:00:00.5+02:00" }],
  ["one whose end is null", { ...right, expiresAt: null }],
  ["one that has ended, because no clock of a client counts", { ...right, expiresAt: "2001-01-01T00:00:00Z" }],
  ["what it does not know", { ...right, createdBy: "me", match: [{ ...match[0], note: 1 }] }],
  ["policies that the pack does not have", { ...right, match: [{ policies: ["gone"], targets: [urn] }] }],
  [
    "any characters in a name",
    { ...right, match: [{ policies: ["p"], targets: ["urn:pulumi:dev::pets::t::ä::b c"] }] },
  ],
])("it takes %s", (_, value) => {
  const { exceptions, problems } = readExceptions({ exceptions: { "EXC-1": value } });
  expect(problems).toEqual([]);
  expect(exceptions).toMatchObject([{ id: "EXC-1", match: (value as typeof right).match }]);
});

const policies = (...list: unknown[]) => ({ ...right, match: [...match, { policies: list, targets: [urn] }] });
const targets = (...list: unknown[]) => ({ ...right, match: [{ policies: ["p"], targets: list }] });

describe("it drops an exception with a mistake, and says which", () => {
  test.each<[string, string, unknown, string]>([
    ["an empty id", "", right, 'its id must consist of letters, digits, "-", "." and "_"'],
    ["an id with a space", "EXC 1", right, "its id must"],
    ["a text", "EXC-1", "it", "it must be an object"],
    ["a list", "EXC-1", [], "it must be an object"],
    ["null", "EXC-1", null, "it must be an object"],
    ["no reason", "EXC-1", { match }, '"reason" must be a text that is not blank'],
    ["a blank reason", "EXC-1", { ...right, reason: " \n" }, '"reason" must'],
    ["a reason that is no text", "EXC-1", { ...right, reason: 1 }, '"reason" must'],
    ["an end that is no time", "EXC-1", { ...right, expiresAt: "soon" }, '"expiresAt" must be a time'],
    ["an end that is a date", "EXC-1", { ...right, expiresAt: "2026-12-31" }, '"expiresAt" must be a time'],
    ["an end that is no day", "EXC-1", { ...right, expiresAt: "2026-13-31T00:00:00Z" }, '"expiresAt" must be a time'],
    ["no match", "EXC-1", { reason: "r" }, '"match" must be a list with at least one entry'],
    ["an empty match", "EXC-1", { ...right, match: [] }, '"match" must be a list'],
    ["a match that is no list", "EXC-1", { ...right, match: match[0] }, '"match" must be a list'],
    ["an entry that is no object", "EXC-1", { ...right, match: [...match, 1] }, "match[1]: it must be an object"],
    ["no policies", "EXC-1", { ...right, match: [{ targets: [urn] }] }, 'match[0]: "policies" must be a list'],
    ["an empty list of policies", "EXC-1", policies(), 'match[1]: "policies" must be a list with at least one item'],
    ["a policy without a name", "EXC-1", policies("p", ""), '"policies" has "", which is not the name of a policy'],
    ["a policy that is no text", "EXC-1", policies(1), '"policies" has 1, which is not'],
    ["all policies", "EXC-1", policies("all"), '"policies" has "all", which is not the name of a policy'],
    ["an empty list of targets", "EXC-1", targets(), 'match[0]: "targets" must be a list'],
    ["a target that is no URN", "EXC-1", targets(urn, "rex"), '"targets" has "rex", which is not a URN'],
    ["a target that is an unfinished URN", "EXC-1", targets("urn:pulumi:dev::pets::t"), "which is not a URN"],
    ["a target that is null", "EXC-1", targets(null), '"targets" has null, which is not a URN'],
  ])("%s", (_, id, value, problem) => {
    const { exceptions, problems } = readExceptions({ exceptions: { [id]: value, "EXC-9": right } });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toContain(`Policy exception ${JSON.stringify(id)} is ignored, so what it names still fails: `);
    expect(exceptions.map((one) => one.id)).toEqual(["EXC-9"]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["nothing", {}],
    ["a list", { exceptions: [right] }],
    ["a text", { exceptions: "EXC-1" }],
    ["null", { exceptions: null }],
  ])("%s in place of the exceptions", (_, entry) => {
    const { exceptions, problems } = readExceptions(entry);
    expect(exceptions).toEqual([]);
    expect(problems).toEqual(['quillon:exceptions must have "exceptions", an object of exceptions by id.']);
  });

  test("and no exceptions are none", () => {
    expect(readExceptions({ exceptions: {} })).toEqual({ exceptions: [], problems: [] });
  });
});
