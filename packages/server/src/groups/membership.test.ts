import type { Selector } from "@quillon/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { membershipOf, takesIn } from "./membership.ts";

const stack = { project: "web", name: "prod", tags: { env: "prod", "pulumi:project": "web" } };
const selecting = (selector: Selector) =>
  membershipOf({ isDefault: false, entityType: "stacks", stackRule: JSON.stringify(selector) })(stack, false);

describe("who is in a group?", () => {
  const group = { isDefault: false, entityType: "stacks" as const, stackRule: null };
  test.each([
    ["the default group takes in every stack", { ...group, isDefault: true }, false, "default"],
    ["… but those taken out of it", { ...group, isDefault: true }, true, undefined],
    ["another takes in what it lists", group, true, "explicit"],
    ["… and nothing else", group, false, undefined],
    ["a rule adds to the list", { ...group, stackRule: '{"all":[{"project":"web"}]}' }, false, "rule"],
    ["what is listed needs no rule", { ...group, stackRule: '{"all":[{"project":"x"}]}' }, true, "explicit"],
    ["a group of accounts has no stacks", { ...group, entityType: "accounts" as const }, true, undefined],
    ["not even the default one", { ...group, isDefault: true, entityType: "accounts" as const }, false, undefined],
  ])("%s", (_, rule, listed, by) => {
    expect(membershipOf(rule)(stack, listed)?.by).toBe(by);
    const ruled = by === "rule";
    expect(takesIn(rule, { listed, ruled })).toBe(by !== undefined);
  });
});

describe("what does a selector match?", () => {
  test.each<[string, Selector, boolean]>([
    ["a project", { all: [{ project: "web" }] }, true],
    ["a project by glob", { all: [{ project: "w*" }] }, true],
    ["another project", { all: [{ project: "db*" }] }, false],
    ["a stack name", { any: [{ stack: "prod" }] }, true],
    ["a tag with any value", { all: [{ tag: "env" }] }, true],
    ["a tag by its value", { all: [{ tag: "env", value: "pro?" }] }, true],
    ["a tag with another value", { all: [{ tag: "env", value: "dev" }] }, false],
    ["a tag that is not there", { all: [{ tag: "team" }] }, false],
    ["a tag's name is not a glob", { all: [{ tag: "e*" }] }, false],
    ["a tag that objects inherit", { all: [{ tag: "constructor" }] }, false],
    ["all of all", { all: [{ project: "web" }, { stack: "dev" }] }, false],
    ["one of any", { any: [{ stack: "dev" }, { stack: "prod" }] }, true],
    ["all and any", { all: [{ project: "web" }], any: [{ stack: "dev" }] }, false],
    ["none of except", { all: [{ project: "web" }], except: [{ tag: "env", value: "prod" }] }, false],
    ["an exception for others", { all: [{ project: "web" }], except: [{ stack: "dev" }] }, true],
  ])("%s", (_, selector, matches) => {
    expect(selecting(selector) !== undefined).toBe(matches);
  });

  test("the conditions that match are returned", () => {
    const selector = { all: [{ project: "w*" }], any: [{ stack: "dev" }, { tag: "env" }] };
    expect(selecting(selector)).toEqual({ by: "rule", conditions: [{ project: "w*" }, { tag: "env" }] });
  });

  test.each<[string, Selector, RegExp]>([
    ["asks for nothing", {}, /"any" has a condition/],
    ["only excludes", { except: [{ project: "x" }] }, /"any" has a condition/],
    ["has empty lists", { all: [], any: [] }, /"any" has a condition/],
    ["has a broken glob", { all: [{ project: "web\\" }] }, /ends in a backslash/],
    ["has something that is not a condition", { all: [{}] } as never, /asks for nothing/],
  ])("one that %s is refused, and never taken for one that matches nothing", (_, selector, problem) => {
    expect(() => selecting(selector)).toThrow(problem);
  });
});

const condition = fc.oneof(
  fc.record({ project: fc.constantFrom("web", "w*", "db") }),
  fc.record({ stack: fc.constantFrom("prod", "*", "dev") }),
  fc.record({ tag: fc.constantFrom("env", "team") }),
);
const conditions = fc.array(condition, { maxLength: 3 });

test("for any selector: more in all or except never adds, more in any never takes away", () => {
  fc.assert(
    fc.property(conditions, conditions, conditions, condition, (all, any, except, more) => {
      fc.pre(all.length > 0);
      const matches = selecting({ all, any, except }) !== undefined;
      if (!matches) {
        expect(selecting({ all: [...all, more], any, except })).toBeUndefined();
        expect(selecting({ all, any, except: [...except, more] })).toBeUndefined();
      }
      if (matches && any.length > 0) expect(selecting({ all, any: [...any, more], except })).toBeDefined();
    }),
  );
});
