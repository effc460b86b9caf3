import { describe, expect, test } from "vitest";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { sarif } from "./sarif.ts";
import { headOf, policyOf, resultOf, textOf, withPack } from "./testing.ts";

const failure = "Error: boom\n    at index.js:7";

const verdictOf = async (head: ReturnType<typeof headOf>) => (await textOf(markdown, [], head)).split("\n")[1];

const invocationOf = async (head: ReturnType<typeof headOf>) =>
  JSON.parse(await textOf(sarif, [], head)).runs[0].invocations[0];

describe("a run without violations that was not evaluated", () => {
  test("a pack that made it fail is the verdict of the comment, with what it said", async () => {
    const text = await textOf(markdown, [], withPack({ failure }));
    expect(text.split("\n")[1]).toBe(
      "### ❌ <code>pets&#64;&#8203;1.0.0</code> made the preview of <code>acme/web/dev</code> fail",
    );
    expect(text).toContain("<code>pets&#64;&#8203;1.0.0</code>: Error&#58; boom<br>");
  });

  test("a mandatory violation stays the verdict beside a pack that failed", async () => {
    const head = { ...withPack({ failure }), counts: headOf([resultOf()]).counts };
    expect(await verdictOf(head)).toBe("### ❌ 1 mandatory violation in the preview of <code>acme/web/dev</code>");
  });

  test("a program that failed is no success", async () => {
    const head = withPack({ policies: [policyOf("length", { passed: 2 })] });
    expect(await verdictOf(head)).toBe(
      "### ❌ The preview of <code>acme/web/dev</code> failed, and no policy was violated",
    );
  });

  test("a required pack that reported nothing is no success, and a pack of somebody's own is", async () => {
    const silent = withPack({}, "succeeded");
    expect(await verdictOf(silent)).toBe(
      "### ⚪ <code>pets&#64;&#8203;1.0.0</code> reported nothing in the preview of <code>acme/web/dev</code>",
    );
    expect(await textOf(markdown, [], silent)).toContain(
      "<code>quillon receipt show 00000000-0000-4000-8000-000000000001</code>",
    );
    expect(await verdictOf(withPack({ required: false }, "succeeded"))).toContain("✅ No violation");
  });

  test("a pack that failed is an error of JUnit's, and is counted", async () => {
    const text = await textOf(junit, [], withPack({ failure }));
    expect(text).toContain('<testsuite name="pets@1.0.0" tests="1" failures="0" errors="1" skipped="0">');
    expect(text).toContain(
      '<testcase classname="pets" name="the policy pack runs"><error message="Error: boom" type="policy pack">',
    );
  });

  test("SARIF says that the run was not successful, and which pack said nothing", async () => {
    expect(await invocationOf(withPack({ failure }))).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: "error", message: { text: expect.stringContaining("Error: boom") } }],
    });
    expect(await invocationOf(withPack({}, "succeeded"))).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [{ level: "warning", message: { text: expect.stringContaining("pets@1.0.0") } }],
    });
  });
});
