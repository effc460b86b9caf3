import { MantineProvider } from "@mantine/core";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { Markdown } from "./markdown.tsx";

/** Without the element that is around it, and without the classes and styles of links. */
function shown(text: string): string {
  const page = createElement(MantineProvider, null, createElement(Markdown, { text }));
  const [, inner = ""] = /<div[^>]*>(.*)<\/div>$/s.exec(renderToStaticMarkup(page)) ?? [];
  return inner.replaceAll(/ (class|style|data-[a-z-]+)="[^"]*"/g, "");
}

test.each([
  ["# Buckets", "<h2>Buckets</h2>"],
  ["###### Buckets", "<h6>Buckets</h6>"],
  ["one\ntwo", "<p>one\ntwo</p>"],
  ["*one* **two** ~~three~~ `four`", "<p><em>one</em> <strong>two</strong> <s>three</s> <code>four</code></p>"],
  ["- one\n- two", "<ul><li>one</li><li>two</li></ul>"],
  ["3. three\n4. four", '<ol start="3"><li>three</li><li>four</li></ol>'],
  ["> said", "<blockquote><p>said</p></blockquote>"],
  ["```js\nlet a = '<b>';\n```", "<pre><code>let a = &#x27;&lt;b&gt;&#x27;;\n</code></pre>"],
  [
    "| a | b |\n|---|--:|\n| 1 | 2 |",
    "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
  ],
  [
    "[docs](https://example.com/a)",
    '<p><a href="https://example.com/a" rel="noopener noreferrer" target="_blank">docs</a></p>',
  ],
])("%j", (text, html) => expect(shown(text)).toBe(html));

describe("of what a stranger writes", () => {
  test.each([
    ["<script>globalThis.hostile = 1</script>", "script"],
    ["a <img src=x onerror=hostile()> b", "img"],
    ["<iframe src='javascript:hostile()'></iframe>", "iframe"],
    ["<svg onload=hostile()></svg>", "svg"],
    ["![a picture](https://example.com/a.png)", "img"],
    ["![a picture](data:image/svg+xml;base64,PHN2Zy8+)", "img"],
    ["[![badge](https://example.com/a.svg)](https://example.com)", "img"],
  ])("%s makes no element %s", (text, element) => expect(shown(text)).not.toContain(`<${element}`));

  test.each([
    "[a](javascript:hostile())",
    "[a](JavaScript:hostile())",
    "[a](&#106;avascript:hostile())",
    "[a](java\tscript:hostile())",
    "[a](vbscript:hostile())",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](file:///etc/passwd)",
    "[a](docs/more.md)",
    "[a](//example.com)",
    "[a](#buckets)",
    "<javascript:hostile()>",
    "![a](javascript:hostile())",
    "[a]: javascript:hostile()\n\n[a]",
  ])("%s is no link", (text) => expect(shown(text)).not.toContain("<a"));

  test("an image is a link to it, and in a link only its words", () => {
    expect(shown("![a picture](https://example.com/a.png)")).toContain('href="https://example.com/a.png"');
    const badge = shown("[![badge](https://example.com/a.svg)](https://example.com/run)");
    expect(badge).toBe('<p><a href="https://example.com/run" rel="noopener noreferrer" target="_blank">badge</a></p>');
  });

  test("marks of direction stay where they are written", () => {
    expect(shown("one \u202eowt *three*")).toBe("<p><bdi>one \u202eowt </bdi><em>three</em></p>");
  });

  test.each([
    ["many nested lists and quotes", "> - ".repeat(10_000)],
    ["many unclosed brackets", "[".repeat(50_000)],
    ["many unclosed links", "[a](".repeat(20_000)],
    ["many stars", "*a_ ".repeat(20_000)],
    ["a long word", "W".repeat(100_000)],
  ])("%s are shown", (_, text) => expect(shown(text).length).toBeGreaterThan(1000));
});
