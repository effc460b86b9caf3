import type { NoSelector, Selector } from "@quillon/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { and, hasTag, nested, not, or, tagIn, tagIs } from "../testing/match-rule.ts";
import { readExpression } from "./expression.ts";
import { parseRule, type SelectableStack, type StackRule } from "./rule.ts";
import { expressionOfRule, ruleOfExpression, unsayable } from "./rule-expression.ts";
import { ruleOfSelector, selectorOfRule } from "./rule-selector.ts";
import { checkRule, readRule, spellingsOf } from "./rule-text.ts";

const stack = { project: "web", name: "prod", tags: { env: "prod", team: "", "vcs:repo": "web" } };
const matches = (rule: StackRule, of: SelectableStack = stack) => parseRule(rule).reasons(of) !== undefined;
const texts = (count: number) => Array.from({ length: count }, (_, at) => `v${at}`);
const ofExpression = (rule: object) => readRule(JSON.stringify(rule));

describe("what does a stackMatchRule take in?", () => {
  test.each<[string, object, boolean]>([
    ["a tag with that value", tagIs("env", "prod"), true],
    ["another value", tagIs("env", "dev"), false],
    ["a value in another case", tagIs("env", "Prod"), false],
    ["a value that only begins so", tagIs("env", "pro"), false],
    ["what would be a glob in a selector", tagIs("env", "p*"), false],
    [
      "the value on the left",
      { ...tagIs("env", ""), left: tagIs("env", "prod").right, right: tagIs("env", "").left },
      true,
    ],
    ["an empty value, which clients leave out", tagIs("team", ""), true],
    ["an empty value of a tag that has another", tagIs("env", ""), false],
    ["a value of an absent tag", tagIs("owner", "x"), false],
    ["an empty value of an absent tag", tagIs("owner", ""), false],
    ["not a value of an absent tag", not(tagIs("owner", "x")), true],
    ["a tag that is there", hasTag("env"), true],
    ["a built-in tag", tagIs("vcs:repo", "web"), true],
    ["an absent tag", hasTag("owner"), false],
    ["not an absent tag", not(hasTag("owner")), true],
    ["a tag that objects inherit", hasTag("constructor"), false],
    ["one of several values", tagIn("env", ["dev", "prod"]), true],
    ["one of others", tagIn("env", ["dev"]), false],
    ["one of no values", tagIn("env", []), false],
    ["one of several values of an absent tag", tagIn("owner", ["x", ""]), false],
    ["both", and(hasTag("env"), hasTag("team")), true],
    ["only one of both", and(hasTag("env"), hasTag("owner")), false],
    ["one of two", or(hasTag("owner"), hasTag("team")), true],
    ["none of two", or(hasTag("owner"), tagIs("env", "dev")), false],
    ["not both of which one holds", not(and(hasTag("env"), hasTag("owner"))), true],
    ["what is not excluded twice", not(not(hasTag("env"))), true],
  ])("%s", (_, rule, expected) => {
    expect(matches(ofExpression(rule))).toBe(expected);
  });

  test("the conditions that hold are returned, but not those that it excludes", () => {
    const rule = ofExpression(and(or(tagIs("env", "prod"), hasTag("owner")), not(hasTag("x"))));
    expect(parseRule(rule).reasons(stack)).toEqual([{ tag: "env", value: "prod" }]);
    expect(parseRule(ofExpression(not(hasTag("x")))).reasons(stack)).toEqual([]);
  });
});

describe("how else is a rule written?", () => {
  const project = { project: "web-*" };
  test.each<[string, Selector, object | undefined]>([
    ["one condition", { all: [{ tag: "env", value: "prod" }] }, tagIs("env", "prod")],
    ["a tag with any value", { all: [{ tag: "env" }] }, hasTag("env")],
    ["a pattern for any value", { all: [{ tag: "env", value: "**" }] }, hasTag("env")],
    ["an escaped pattern", { all: [{ tag: "env", value: "a\\*" }] }, tagIs("env", "a*")],
    [
      "alternatives",
      { any: [{ tag: "a" }, { tag: "b" }, { tag: "c" }] },
      or(or(hasTag("a"), hasTag("b")), hasTag("c")),
    ],
    [
      "exclusions",
      { all: [{ tag: "a" }], except: [{ tag: "b" }, { tag: "c", value: "x" }] },
      and(and(hasTag("a"), not(hasTag("b"))), not(tagIs("c", "x"))),
    ],
    ["a project", { all: [project] }, undefined],
    ["a stack's name among the exclusions", { all: [{ tag: "a" }], except: [{ stack: "x" }] }, undefined],
    ["a pattern", { any: [{ tag: "a" }, { tag: "env", value: "p?" }] }, undefined],
  ])("a selector with %s as a stackMatchRule", (_, selector, expected) => {
    const { stackMatchRule, unsayable } = spellingsOf(JSON.stringify(selector));
    expect(stackMatchRule && JSON.parse(stackMatchRule)).toEqual(expected);
    expect(unsayable === undefined).toBe(expected !== undefined);
  });

  test.each<[string, object, Selector | undefined]>([
    ["one condition", tagIs("env", "prod"), { all: [{ tag: "env", value: "prod" }] }],
    ["characters of patterns", tagIs("env", "*"), { all: [{ tag: "env", value: "\\*" }] }],
    ["an exclusion alone", not(tagIs("a", "x")), { all: [{ project: "*" }], except: [{ tag: "a", value: "x" }] }],
    [
      "alternatives",
      or(hasTag("a"), tagIn("b", ["x", "y"])),
      {
        any: [{ tag: "a" }, { tag: "b", value: "x" }, { tag: "b", value: "y" }],
      },
    ],
    [
      "none of two",
      not(or(hasTag("a"), hasTag("b"))),
      { all: [{ project: "*" }], except: [{ tag: "a" }, { tag: "b" }] },
    ],
    ["not neither", not(and(not(hasTag("a")), not(hasTag("b")))), { any: [{ tag: "a" }, { tag: "b" }] }],
    ["one value", tagIn("a", ["x"]), { all: [{ tag: "a", value: "x" }] }],
    ["no value among alternatives", or(hasTag("a"), tagIn("b", [])), { all: [{ tag: "a" }] }],
    ["50 values", tagIn("a", texts(50)), { any: texts(50).map((value) => ({ tag: "a", value })) }],
    ["a value of 128 stars", tagIs("a", "*".repeat(128)), { all: [{ tag: "a", value: "\\*".repeat(128) }] }],
  ])("a stackMatchRule with %s as a selector", (_, rule, expected) => {
    const { selector, noSelector } = spellingsOf(JSON.stringify(rule));
    expect(selector && JSON.parse(selector)).toEqual(expected);
    expect(noSelector).toBe(undefined);
  });

  const tags = (count: number): object[] => texts(count).map(hasTag);
  const joined = or(and(hasTag("a"), hasTag("b")), hasTag("c"));
  const excluding = or(hasTag("a"), not(hasTag("b")));
  const twice = and(or(hasTag("a"), hasTag("b")), tagIn("c", ["x", "y"]));
  test.each<[string, object, NoSelector]>([
    ["alternatives of several conditions", joined, { problem: "several_in_alternatives" }],
    [
      "such alternatives inside others",
      or(hasTag("d"), and(joined, hasTag("e"))),
      { problem: "several_in_alternatives" },
    ],
    ["an exclusion among alternatives", excluding, { problem: "exclusion_in_alternatives" }],
    ["not both", not(and(hasTag("a"), hasTag("b"))), { problem: "exclusion_in_alternatives" }],
    [
      "neither of two among alternatives",
      or(hasTag("a"), not(or(hasTag("b"), hasTag("c")))),
      { problem: "several_in_alternatives" },
    ],
    ["alternatives twice", twice, { problem: "alternatives_twice" }],
    ["no value", tagIn("a", []), { problem: "no_values" }],
    ["no value among others that must hold", and(hasTag("b"), tagIn("a", [])), { problem: "no_values" }],
    ["no value twice", or(tagIn("a", []), tagIn("b", [])), { problem: "no_values" }],
    ["anything but no value among alternatives", or(hasTag("b"), not(tagIn("a", []))), { problem: "no_values" }],
    ["51 values", tagIn("a", texts(51)), { problem: "many", list: "any", count: 51, most: 50 }],
    ["51 alternatives", tags(51).reduce(or), { problem: "many", list: "any", count: 51, most: 50 }],
    ["51 that all hold", tags(51).reduce(and), { problem: "many", list: "all", count: 51, most: 50 }],
    ["51 excluded values", not(tagIn("a", texts(51))), { problem: "many", list: "except", count: 51, most: 50 }],
    ["a value of 129 stars", tagIs("a", "*".repeat(129)), { problem: "long", tag: "a", most: 256 }],
  ])("a stackMatchRule with %s is no selector, and it is said why", (_, rule, expected) => {
    expect(spellingsOf(JSON.stringify(rule))).toMatchObject({ selector: undefined, noSelector: expected });
  });

  test("what was sent is shown as it was sent", () => {
    const sent = ' {"key":"a", "context":{"__type":"PermissionExpressionStack"},"__type":"PermissionExpressionHasTag"}';
    expect(spellingsOf(sent).stackMatchRule).toBe(sent);
    const selector = '{"any": [{"tag":"a"}]}';
    expect(spellingsOf(selector).selector).toBe(selector);
  });
});

const key = fc.constantFrom("env", "team");
const value = fc.constantFrom("", "a", "*", "\\", "a?");
const condition = fc.oneof(
  { weight: 9, arbitrary: fc.record({ tag: key }) },
  { weight: 9, arbitrary: fc.record({ tag: key, value: fc.constantFrom("", "a", "\\*", "\\\\", "*") }) },
  fc.record({ tag: key, value: fc.constantFrom("a*", "?") }),
  fc.record({ project: fc.constantFrom("web", "w*") }),
  fc.record({ stack: fc.constantFrom("prod", "*") }),
);
const conditions = fc.array(condition, { maxLength: 3 });
const selectors: fc.Arbitrary<Selector> = fc
  .record({ all: conditions, any: conditions, except: conditions })
  .filter(({ all, any }) => all.length + any.length > 0);
const { expression } = fc.letrec<{ expression: object }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(key, value).map(([name, text]) => tagIs(name, text)),
    key.map(hasTag),
    fc.tuple(key, fc.array(value, { maxLength: 3 })).map(([name, texts]) => tagIn(name, texts)),
    tie("expression").map(not),
    fc.tuple(tie("expression"), tie("expression")).map(([left, right]) => and(left, right)),
    fc.tuple(tie("expression"), tie("expression")).map(([left, right]) => or(left, right)),
  ),
}));
const tags = fc.dictionary(key, value, { maxKeys: 2 });
const stacks = fc.record({ project: fc.constantFrom("web", "db"), name: fc.constantFrom("prod", "dev"), tags });

describe("there and back means the same for any stack", () => {
  const again = (text: string | undefined) => (text === undefined ? undefined : readRule(text));
  test.each<[string, fc.Arbitrary<object>]>([
    ["selector", selectors],
    ["stackMatchRule", expression],
  ])("from a %s", (_, sent) => {
    let translated = 0;
    fc.assert(
      fc.property(sent, fc.array(stacks, { minLength: 5, maxLength: 10 }), (rule, all) => {
        const text = JSON.stringify(rule);
        const { selector, stackMatchRule } = spellingsOf(text);
        if (selector && stackMatchRule) translated += 1;
        for (const other of [again(selector), again(stackMatchRule)]) {
          for (const one of other ? all : [])
            expect(matches(other as StackRule, one)).toBe(matches(readRule(text), one));
        }
      }),
      { numRuns: 300 },
    );
    expect(translated).toBeGreaterThan(30);
  });

  test("every selector is one again, and says why it is no stackMatchRule", () => {
    fc.assert(
      fc.property(selectors, (selector) => {
        const rule = ruleOfSelector(selector);
        expect(selectorOfRule(rule)).toHaveProperty("selector");
        expect(expressionOfRule(rule) === undefined).toBe(unsayable(rule) !== undefined);
      }),
    );
  });

  test("every stackMatchRule is written as one that clients can read", () => {
    fc.assert(
      fc.property(expression, (sent) => {
        const written = expressionOfRule(ruleOfExpression(readExpression("stackMatchRule", JSON.stringify(sent))));
        if (written) expect(readExpression("stackMatchRule", JSON.stringify(written))).toEqual(written);
      }),
    );
  });
});

describe("which rules are refused?", () => {
  const type = (__type: string, fields: object = {}) => ({ __type, ...fields });
  const account = type("PermissionExpressionInsightsAccount");
  const tag = tagIs("a", "x").left;
  test.each<[string, unknown, string]>([
    ["no __type", { __type: "" }, "stackMatchRule has no __type"],
    ["an unknown operator", type("PermissionExpressionXor"), 'the __type "PermissionExpressionXor", which'],
    ["an operator that objects inherit", type("constructor"), 'the __type "constructor", which'],
    ["an unknown operator inside", not(type("PermissionExpressionNope")), "stackMatchRule.node has the __type"],
    ["a value as the rule", tag, "must be a boolean expression, and PermissionExpressionTag is none"],
    ["a context as the rule", account, "must be a boolean expression"],
    ["And without left", type("PermissionExpressionAnd", { right: hasTag("a") }), "has no field left"],
    ["Or without right", type("PermissionExpressionOr", { left: hasTag("a") }), "has no field right"],
    ["Not without node", type("PermissionExpressionNot"), "has no field node"],
    ["Equal without left", type("PermissionExpressionEqual", { right: tag }), "has no field left"],
    ["In without values", type("PermissionExpressionIn", { target: tag }), "has no field values"],
    ["HasTag without context", type("PermissionExpressionHasTag", { key: "a" }), "has no field context"],
    ["HasTag without key", { ...hasTag("a"), key: undefined }, "needs the key of a tag"],
    ["a key of 41 characters", hasTag("k".repeat(41)), "which has 1 to 40 characters"],
    ["a field that it does not have", { ...hasTag("a"), kye: "b" }, 'has the field "kye"'],
    ["null for a node", not(null as never), "stackMatchRule.node is not an object with a __type"],
    ["a list for a node", not([hasTag("a")]), "is not an object with a __type"],
    ["a number for a key", { ...hasTag("a"), key: 1 }, "stackMatchRule.key must be a text"],
    ["a text for texts", tagIn("a", "xyz" as never), "stackMatchRule.values.values must be a list of texts"],
    ["a number among texts", tagIn("a", [1] as never), "must be a list of texts"],
    ["a value of 257 characters", tagIs("a", "v".repeat(257)), "must be a text of at most 256 characters"],
    ["a set that is none", { ...tagIn("a", []), values: tag }, "must be a set expression"],
    ["a context that is none", { ...hasTag("a"), context: tag }, "must be a context expression"],
    ["a tag of an account", { ...hasTag("a"), context: account }, "is not about a tag of the stack"],
    ["two tags", { ...tagIs("a", "x"), right: tag }, "is not about a tag of the stack"],
    ["two texts", { ...tagIs("a", "x"), left: tagIs("a", "y").right }, "is not about a tag of the stack"],
    [
      "a number",
      { ...tagIs("a", "x"), right: type("PermissionLiteralExpressionNumber", { value: 1 }) },
      "not about a tag",
    ],
    ["the stack itself", { ...tagIs("a", "x"), left: type("PermissionExpressionStack") }, "is not about a tag"],
    ["201 conditions", tagIn("a", Array(200).fill("x")), "more than 200 conditions"],
  ])("one with %s", (_, rule, sentence) => {
    expect(() => checkRule(JSON.stringify(rule))).toThrow(sentence);
  });

  test("one that is nested too deep, but not the deepest that the CLI may make", () => {
    expect(() => checkRule(nested(200))).not.toThrow();
    expect(() => checkRule(nested(201))).toThrow("nested more than 200 levels deep");
    expect(() => checkRule(nested(600))).toThrow("nested more than 200 levels deep");
    const chain = Array(190).fill(hasTag("a")).reduce(and);
    expect(() => checkRule(JSON.stringify(chain))).not.toThrow();
  });

  test("one that is larger than 64 KiB, also if only by spaces", () => {
    expect(() => checkRule(JSON.stringify(hasTag("a")) + " ".repeat(65_536))).toThrow("larger than 64 KiB");
  });

  test("one about accounts may have any context and comparison that clients can read, and nothing else", () => {
    const equal = type("PermissionExpressionEqual", {
      left: account,
      right: type("PermissionLiteralExpressionInsightsAccount", { identity: "aws" }),
    });
    const read = (rule: unknown) => () => readExpression("accountMatchRule", JSON.stringify(rule));
    expect(read(equal)).not.toThrow();
    expect(read({ ...hasTag("a"), context: account, node: hasTag("b") })).not.toThrow();
    expect(read(type("PermissionExpressionNope"))).toThrow("accountMatchRule can't be used");
  });
});
