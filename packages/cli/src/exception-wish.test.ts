import { expect, test } from "vitest";
import { violationsOf, whyNothing, wishOfDocument, wishOfViolations, withMore } from "./exception-wish.ts";
import { readDocument } from "./read-document.ts";

const urn = (name: string) => `urn:pulumi:dev::web::a:b:C::${name}`;
const result = {
  kind: "violated" as const,
  ...{ project: "web", stack: "dev", pack: "rules", version: "1.0.0", policy: "two-words", level: "mandatory" },
  ...{ severity: "high", urn: urn("rex"), message: "m" },
};
const pack = { name: "rules", version: "1.0.0", required: true, policies: [] };
const all = { policies: [], targets: [], levels: ["all"] };

test.each<[string, object, object, number]>([
  ["a violation", {}, {}, 1],
  ["one that is excepted", { exceptions: [{ id: "EXC-1", reason: "r" }] }, {}, 0],
  ["what was mended", { kind: "remediated" }, {}, 0],
  ["one of no resource", { urn: "" }, {}, 0],
  ["one of a pack that the client brought", { version: "local" }, {}, 0],
  ["one of another level", {}, { levels: ["advisory"] }, 0],
  ["one of a level", {}, { levels: ["advisory", "mandatory"] }, 1],
  ["one of another pack", {}, { pack: "others" }, 0],
  ["one of a policy", {}, { policies: ["x", "two-words"] }, 1],
  ["one of another policy", {}, { policies: ["x"] }, 0],
  ["one of another resource", {}, { targets: [urn("tom")] }, 0],
])("%s", (_, change, wanted, count) => {
  const packs = [pack, { ...pack, version: "local", required: false }].map((one) => ({ ...one, policies: [] }));
  expect(violationsOf({ results: [{ ...result, ...change }], packs }, { ...all, ...wanted })).toHaveLength(count);
});

test.each<[string, object, object, string]>([
  [
    "a violation of another level",
    {},
    {},
    "no violation of level advisory to let through. Of other levels there is 1: name",
  ],
  ["what was let through", { exceptions: [{ id: "EXC-1", reason: "r" }] }, {}, "through. What EXC-1 let through then"],
  ["what was mended", { kind: "remediated" }, {}, "through. What was remediated is no violation"],
  ["one of another policy", {}, { policies: ["x"] }, "of level advisory to let through. If anything"],
  [
    "nothing of any level",
    { kind: "passed" },
    { levels: ["all"] },
    "In the last run of web/dev there is no violation to let",
  ],
])("%s is why there is nothing to let through", (_, change, wanted, sentence) => {
  const report = { results: [{ ...result, ...change }], packs: [pack] };
  expect(whyNothing("the last run of web/dev", [report], { ...all, levels: ["advisory"], ...wanted })).toContain(
    sentence,
  );
});

const rex = { pack: "rules", policy: "two-words", urn: urn("rex") };

test("there is one entry for each resource", () => {
  expect(wishOfViolations([rex, { ...rex, urn: urn("tom") }, { ...rex, policy: "few" }, rex])).toEqual({
    policyPack: "rules",
    match: [
      { policies: ["two-words", "few"], targets: [urn("rex")] },
      { policies: ["two-words"], targets: [urn("tom")] },
    ],
  });
});

test.each([
  [[], "There is no violation"],
  [[rex, { ...rex, pack: "cars" }], "name one of cars, rules."],
])("no exception is made from %j", (violations, problem) => {
  expect(() => wishOfViolations(violations)).toThrow(problem);
});

test("policies are added to each entry, and targets with all policies", () => {
  const wish = wishOfViolations([rex]);
  expect(withMore(wish, [], [])).toEqual(wish);
  expect(withMore(wish, ["few", "two-words"], [urn("tom")]).match).toEqual([
    { policies: ["two-words", "few"], targets: [urn("rex")] },
    { policies: ["two-words", "few"], targets: [urn("tom")] },
  ]);
});

const wish = {
  policyPack: "rules",
  match: [{ policies: ["few"], targets: [urn("rex")] }],
  reason: "r",
  expiresInSeconds: 3600,
};

const read = async (text: string, endGiven = false) => wishOfDocument(await readDocument("The file", text), endGiven);

test.each([
  ["a request", wish],
  ["what a dry run printed", { organizationName: "acme", violations: [], exception: wish, dryRun: true }],
  ["an exception", { ...wish, id: "EXC-1", status: "active", underOlderClis: { effect: "applied", stacks: [] } }],
  ["a configuration", { version: 2, policies: { few: "advisory" }, exceptions: { "EXC-?": wish } }],
  ["a list with one", { exceptions: [{ ...wish, id: "EXC-1" }] }],
])("%s is read from a file", async (_, content) => {
  expect(await read(JSON.stringify(content))).toEqual(wish);
  expect(await read(JSON.stringify(content, null, "\t"))).toEqual(wish);
});

test("a file may be YAML, as what the Pulumi CLI takes", async () => {
  const match = `match:\n  - policies: [few]\n    targets: ["${urn("rex")}"]\n`;
  expect(await read(`reason: r\n${match}`)).toEqual({ match: wish.match, reason: "r" });
  const config = `version: 2\nexceptions:\n  EXC-?:\n    reason: r\n    ${match.replaceAll("\n", "\n    ")}`;
  expect(await read(config)).toEqual({ match: wish.match, reason: "r" });
  expect(await read(`# Why\npolicyPack: rules\nreason: r\nexpiresInSeconds: 3600\n${match}`)).toEqual(wish);
});

test.each<[string, object, string]>([
  ["what is no field", { ...wish, expiresIn: "1h" }, 'unknown field "expiresIn". An exception has policyPack, match,'],
  ["an end that was given before", { ...wish, expiresAt: "2030-01-01T00:00:00Z" }, "--expires-in"],
])("%s is refused, because the exception would have no end", async (_, content, problem) => {
  await expect(read(JSON.stringify(content))).rejects.toThrow(problem);
});

test("an exception is made again with another end", async () => {
  expect(await read(JSON.stringify({ ...wish, expiresAt: "2030-01-01T00:00:00Z" }), true)).toEqual(wish);
});

test.each([
  ["{}", 'must have a "match"'],
  ["[]", "must have fields with names"],
  ["reason: r", 'must have a "match"'],
  ["match: [", "is neither JSON nor YAML: "],
  ['{"match": [}', "is neither JSON nor YAML: "],
  ["reason", "must have fields with names"],
  ['{"exception": {}}', 'must have a "match"'],
  ['{"exception": null}', 'must have a "match"'],
  ['{"version": 2, "exceptions": {}}', 'must have a "match"'],
  ['{"version": 2, "exceptions": {"a": {}, "b": {}}}', "has 2 exceptions"],
])("%s is refused", async (text, problem) => {
  await expect(read(text)).rejects.toThrow(`The file ${problem}`);
});
