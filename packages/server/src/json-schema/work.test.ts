import { expect, test } from "vitest";
import { Budget, TooMuchWork } from "./budget.ts";
import { findProblems } from "./check.ts";
import { schemaProblem } from "./hostile.ts";

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const names = (count: number) => times(count, (index) => `n${index}`);
const byName = <T>(count: number, make: (index: number) => T) =>
  Object.fromEntries(times(count, (index) => [`n${index}`, make(index)]));
const objects = times(9_900, () => ({}));
const texts = times(9_900, (index) => `t${index}`);

/** A value whose every read is counted, so that work which no step pays for is seen too. */
function counting(value: unknown, count: { reads: number }): unknown {
  const known = new WeakMap<object, object>();
  const counted = (inner: unknown): unknown => {
    if (typeof inner !== "object" || inner === null) return inner;
    const proxy = known.get(inner) ?? new Proxy(inner, handler);
    known.set(inner, proxy);
    return proxy;
  };
  const seen = <T>(answer: T) => {
    count.reads += 1;
    return answer;
  };
  const handler: ProxyHandler<object> = {
    get: (target, key) => seen(counted(Reflect.get(target, key))),
    has: (target, key) => seen(Reflect.has(target, key)),
    ownKeys: (target) => seen(Reflect.ownKeys(target)),
    getOwnPropertyDescriptor: (target, key) => seen(Reflect.getOwnPropertyDescriptor(target, key)),
  };
  return counted(value);
}

const hostile: [string, unknown, unknown][] = [
  ["names that every item lacks", { items: { required: names(4_900) } }, objects],
  ["names that are no texts", { items: { required: times(4_900, (index) => index) } }, objects],
  ["thousands of schemas for each item", { items: { allOf: times(2_400, () => ({})) } }, objects],
  ["thousands that each refuse", { items: { allOf: times(2_400, () => false) } }, objects],
  ["thousands of alternatives", { items: { anyOf: times(2_400, () => ({ type: "null" })) } }, objects],
  ["thousands of types", { items: { type: names(4_900) } }, objects],
  ["types that are objects", { items: { type: times(2_400, (index) => ({ toString: index })) } }, objects],
  ["keywords that nobody knows", { items: byName(4_900, () => 1) }, objects],
  ["properties that no item has", { items: { properties: byName(2_400, () => true) } }, objects],
  ["dependencies that no item has", { items: { dependencies: byName(2_400, () => ["a"]) } }, objects],
  ["patterns of names", { items: { patternProperties: byName(2_400, () => true) } }, times(9_900, () => ({ a: 1 }))],
  [
    "patterns to be passed over",
    { items: { additionalProperties: true, patternProperties: byName(2_400, () => true) } },
    objects,
  ],
  ["a long list for each of many schemas", { allOf: times(2_400, () => ({ items: [] })) }, texts],
  ["a long list to be compared again and again", { allOf: times(2_400, () => ({ uniqueItems: true })) }, objects],
  ["a long list of constants", { allOf: times(2_400, (index) => ({ const: index })) }, texts],
  ["a long list of choices", { allOf: times(2_400, (index) => ({ enum: [[index]] })) }, [texts]],
  [
    "an object that is counted again and again",
    { allOf: times(2_400, () => ({ maxProperties: 1 })) },
    byName(9_000, () => 1),
  ],
  [
    "names that are judged again and again",
    { allOf: times(2_400, () => ({ propertyNames: {} })) },
    byName(9_000, () => 1),
  ],
];

test.each(hostile)("%s: it stops, having done no more than the budget pays for", (_, schema, value) => {
  const count = { reads: 0 };
  const steps = 20_000;
  expect(() => findProblems(counting(schema, count), counting(value, count), new Budget(steps))).toThrow(TooMuchWork);
  // A member takes five reads; and what is asked for as a whole is read before it is paid for.
  expect(count.reads).toBeLessThan(8 * steps + 5 * 10_000);
});

test.each(hostile)("%s: it stops with the usual budget too", (_, schema, value) => {
  expect(() => findProblems(schema, value)).toThrow(TooMuchWork);
});

const long = "x".repeat(1_000_000);

test.each<[string, unknown, unknown]>([
  ["a long text that is measured again and again", { allOf: times(2_400, () => ({ maxLength: 1e9 })) }, long],
  ["a long text that is searched again and again", { allOf: times(20, () => ({ pattern: "^(a|b|x)*(c|x)*$" })) }, long],
  [
    "short texts that are searched for a long pattern",
    { allOf: times(20, () => ({ items: { pattern: "[^a]{900}[^b]{900}" } })) },
    times(9_900, () => ""),
  ],
  [
    "a long text that is repeated in messages",
    { allOf: times(2_400, () => ({ items: { const: long } })) },
    times(500, () => 1),
  ],
  ["problems at a long path", { allOf: times(2_400, () => ({ properties: { [long]: false } })) }, { [long]: 1 }],
  ["a deep value that is compared", { const: 1 }, times(300, () => 0).reduce<unknown>((inner) => [inner], 1)],
])("%s: it stops", (_, schema, value) => {
  expect(() => findProblems(schema, value)).toThrow(TooMuchWork);
});

test("checks that share a budget stop together", () => {
  const budget = new Budget(20_000);
  const check = () => findProblems({ items: { type: "number" } }, [1, "x"], budget);
  expect(check()).toHaveLength(1);
  expect(() => times(5_000, check)).toThrow(TooMuchWork);
});

test("messages show the first of many choices, and the beginning of long ones", () => {
  const [found] = findProblems({ enum: [long, ...names(100)] }, 1);
  expect(found?.message).toMatch(/^must be one of "x{60}…", "n0", .*, "n18", 81 others$/);
  expect(findProblems({ type: ["string", "null"] }, 1)[0]?.message).toMatch(/^must be of type string or null,/);
});

test.each<[string, unknown, unknown]>([
  [
    "a long list of what has a type, a pattern and a choice",
    { items: { type: "string", pattern: "^[a-z]+[0-9]*$", maxLength: 30, enum: [...texts.slice(0, 4_000)] } },
    texts.slice(0, 4_000),
  ],
  [
    "rules with references, each with members of its own",
    {
      items: { $ref: "#/definitions/rule" },
      definitions: {
        rule: {
          type: "object",
          required: ["name", "port"],
          properties: {
            name: { type: "string", minLength: 1 },
            port: { type: "integer", minimum: 1, maximum: 65_535 },
          },
          additionalProperties: false,
        },
      },
    },
    times(3_000, (index) => ({ name: `n${index}`, port: index + 1 })),
  ],
  ["a list without repetition", { uniqueItems: true, items: { type: "string" } }, texts],
])("honest and large: %s", (_, schema, value) => {
  expect(findProblems(schema, value)).toEqual([]);
});

test("publishing stops at patterns that take too long to compile, with those of other policies", () => {
  const budget = new Budget();
  const big = (index: number) => ({ properties: { a: { pattern: `${index}${"[^a]{900}".repeat(10)}` } } });
  const said = times(60, (index) => schemaProblem(big(index), budget));
  expect(said[0]).toBeUndefined();
  expect(said.at(-1)).toMatch(/patterns, with those of the policies before it, take too long/);
});

test("a chain of thousands of references is refused or read, and never fails", () => {
  const chain = Object.fromEntries(times(2_000, (index) => [index, { $ref: `#/definitions/${index + 1}` }]));
  const schema = { $ref: "#/definitions/0", definitions: { ...chain, 2000: {} } };
  expect(schemaProblem(schema)).toBeUndefined();
  expect(() => findProblems(schema, 1)).toThrow(TooMuchWork);
});
