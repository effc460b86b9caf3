import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import { markdown } from "./markdown.ts";
import { headOf, hostileResults, policyOf, resultOf, severalExceptions, textOf } from "./testing.ts";
import { isExcepted, reasonOf } from "./writer.ts";

/** As GitHub reads a comment: tables, HTML, and links of bare addresses. */
const github = new MarkdownIt({ html: true, linkify: true });

/** The cells of all tables, row by row, as a reader sees them. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  for (const token of github.parse(text, {})) {
    if (token.type === "tr_open") rows.push([]);
    if (token.type === "inline" && rows.length > 0 && token.level > 3) rows.at(-1)?.push(shownOf(token.children ?? []));
  }
  return rows;
}

function shownOf(tokens: { type: string; content: string }[]): string {
  const allowed = { "<br>": "\n", "<code>": "", "</code>": "" };
  return tokens
    .map(({ type, content }) => {
      if (type === "text" || type === "text_special") return content.replaceAll("\u{200B}", "");
      const tag = type === "html_inline" ? allowed[content as keyof typeof allowed] : undefined;
      if (tag === undefined) throw new Error(`a cell has ${type} ${content}`);
      return tag;
    })
    .join("");
}

describe("Markdown", () => {
  test("the verdict comes first, then what is mandatory, and the rest is folded", async () => {
    const results = [resultOf(), resultOf({ policy: "owner", level: "advisory", severity: "" })];
    const head = headOf(results, [policyOf("length", { passed: 3, notEvaluated: 1 })]);
    expect(await textOf(markdown, results, head)).toBe(`<!-- quillon acme/web/dev -->
### ❌ 1 mandatory and 1 advisory violation in the preview of <code>acme/web/dev</code>

**1 mandatory violation**

| Policy | Severity | Resource | Message |
|---|---|---|---|
| <code>length</code><br>pets&#64;&#8203;1.0.0 | high | <code>rex</code><br><code>random&#58;index/randomPet&#58;RandomPet</code> | The name is short. |

<details><summary>1 advisory violation</summary>

| Policy | Severity | Resource | Message |
|---|---|---|---|
| <code>owner</code><br>pets&#64;&#8203;1.0.0 |  | <code>rex</code><br><code>random&#58;index/randomPet&#58;RandomPet</code> | The name is short. |

</details>

<details><summary>1 policy pack</summary>

| Pack | Required | Mandatory | Advisory | Passed | Excepted | Remediated | Not evaluated |
|---|---|---|---|---|---|---|---|
| <code>pets&#64;&#8203;1.0.0</code> | yes | 1 | 1 | 3 | 0 | 0 | 1 |

</details>

Policies were not evaluated for 1 resource, because the preview does not know all values.
`);
  });

  test.each([
    [[], "### ⚪ No policy pack ran in"],
    [[resultOf({ kind: "remediated", level: "" })], "### ✅ No violation in"],
    [[resultOf({ level: "advisory" }), resultOf({ level: "advisory" })], "### ⚠️ 2 advisory violations in"],
    [[resultOf()], "### ❌ 1 mandatory violation in"],
    [[resultOf(), resultOf()], "### ❌ 2 mandatory violations in"],
  ])("case %#: the verdict of the results", async (results, verdict) => {
    expect(await textOf(markdown, results)).toMatch(verdict);
  });

  test("what an exception matches, and was not applied, is a violation that says what to do", async () => {
    const text = await textOf(markdown, [resultOf({ unappliedExceptions: severalExceptions })]);
    expect(text).toContain("### ❌ 1 mandatory violation in the preview");
    expect(rowsOf(text)[1]?.at(-1)).toMatch(
      /^The name is short\.\nNot let through, although a policy exception matches \(EXC-1: Replaced in March\..*\. Run with Pulumi CLI 3\.274/,
    );
  });

  test("what is excepted is no violation in the verdict, and has its exceptions", async () => {
    const text = await textOf(markdown, [resultOf({ exceptions: severalExceptions })]);
    expect(text).toContain("### ✅ No violation in the preview of <code>acme/web/dev</code>, 1 excepted\n");
    expect(text).toContain("<details><summary>1 violation excepted</summary>");
    const [, row] = rowsOf(text);
    expect(row?.at(-1)).toBe("The name is short.\nEXC-1: Replaced in March. (until 2030-03-31T00:00:00Z); local");
  });

  test("a comment holds as many violations as fit, and says how many do not", async () => {
    const message = "|".repeat(1000);
    const many = Array.from({ length: 500 }, (_, n) =>
      resultOf({ message, level: n < 400 ? "mandatory" : "advisory" }),
    );
    const text = await textOf(markdown, many);
    expect(text.length).toBeLessThan(65_536);
    const shown = rowsOf(text).filter(([policy]) => policy?.startsWith("length")).length;
    expect(shown).toBeGreaterThan(10);
    expect(text).toMatch(`\n${400 - shown} more violations are not shown.\n`);
    expect(text).toMatch("\n100 more violations are not shown.\n");
  });

  test("hostile texts are shown as they are, in their cell, and mention nobody", async () => {
    await fc.assert(
      fc.asyncProperty(hostileResults, async (results) => {
        const text = await textOf(markdown, results);
        const rows = rowsOf(text).filter((row) => row.length === 4 && row[0] !== "Policy");
        const violations = results.filter(({ kind }) => kind === "violated");
        const ordered = [
          ...violations.filter((result) => !isExcepted(result) && result.level === "mandatory"),
          ...violations.filter((result) => !isExcepted(result) && result.level !== "mandatory"),
          ...violations.filter(isExcepted),
        ];
        const messages = ordered.map((result) => [result.message, ...(isExcepted(result) ? [reasonOf(result)] : [])]);
        expect(rows.map((row) => row[3])).toEqual(messages.map((parts) => parts.map(shown).filter(Boolean).join("\n")));
        expect(rows.map((row) => row[1])).toEqual(ordered.map(({ severity }) => shown(severity)));
        expect(
          github
            .render(text)
            .match(/<(?!\/?(p|h3|table|thead|tbody|tr|td|th|code|br|strong|details|summary)\b|!--)[^>]*>/g),
        ).toBe(null);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["@everyone", "@acme/team", "#1", "acme/web#1", "GH-1", "www.a.example", "https://a.example", ":smile:"])(
    "%s is not what GitHub looks for",
    async (message) => {
      const text = await textOf(markdown, [resultOf({ message })]);
      const decoded = text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
      expect(text).not.toContain(message);
      if (/^[@#]|#\d/.test(message)) expect(decoded).not.toContain(message);
    },
  );
});

/** What a reader sees of a message: control characters and those that turn the direction are marked. */
function shown(text: string): string {
  return text
    .trim()
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", " ")
    .replace(
      /[^\n\P{Cc}]|[\p{Surrogate}\u{2028}\u{2029}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FFFE}\u{FFFF}]/gu,
      "\u{FFFD}",
    )
    .replaceAll("\u{200B}", "");
}
