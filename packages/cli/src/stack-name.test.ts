import { expect, test } from "vitest";
import { stackIn, stacksIn } from "./stack-name.ts";

const stack = { projectName: "web", stackName: "prod" };

test.each([
  ["web/prod", {}, { stack }],
  ["web/prod", { org: "" }, { stack }],
  ["web/prod", { org: "acme" }, { org: "acme", stack }],
  ["acme/web/prod", {}, { org: "acme", stack }],
  ["acme/web/prod", { org: "acme" }, { org: "acme", stack }],
  [undefined, { org: "acme" }, { org: "acme" }],
])("the stack %s with %j is %j", (text, options, named) => {
  expect(stackIn(text, options)).toEqual(named);
});

test.each(["prod", "/prod", "web/", "", "a/acme/web/prod", "/web/prod", "acme//prod", "acme/web/"])(
  '"%s" is no stack',
  (text) => {
    expect(() => stackIn(text, {})).toThrow(
      `A stack can't be "${text}": write PROJECT/STACK or ORG/PROJECT/STACK, such as web/prod or acme/web/prod.`,
    );
  },
);

test("an organization that contradicts --org, or that of another stack, is refused", () => {
  const refusal = "Stack acme/web/prod is not in organization other, which is named beside it.";
  expect(() => stackIn("acme/web/prod", { org: "other" })).toThrow(refusal);
  expect(() => stacksIn(["other/web/dev", "web/test", "acme/web/prod"], {})).toThrow(refusal);
  expect(stacksIn(["web/prod", "acme/web/prod"], {})).toEqual({ org: "acme", stacks: [stack, stack] });
});
