import { createRequire } from "node:module";
import type { Page } from "playwright-core";

/** What the hostile fixtures write. */
interface Texts {
  hostile(what: string): string;
  long(what: string): string;
  readme: string;
  scriptUrl: string;
}

export const { hostile, long }: Texts = createRequire(import.meta.url)("../fixtures/hostile-pack/texts.cjs");

/** What a script of the hostile texts would have set. */
export const ran = (page: Page): Promise<string | null> => page.evaluate("globalThis.hostile ?? null");

/**
 * Texts of strangers whose marks could turn the direction of other words: the nearest element that keeps directions to itself has more
 * in it than the one text, or is in a line with other words and a mark in it is not closed. @returns what is in those elements.
 */
export function notIsolated(page: Page): Promise<string[]> {
  return page.evaluate(FIND);
}

const FIND = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  const isolates = (element) => {
    const { display, unicodeBidi } = getComputedStyle(element);
    return display !== "inline" || unicodeBidi !== "normal";
  };
  const wordsOf = (node) => node.nodeType === 3 ? /^[…\\s]*$/.test(node.data) ? [] : [node] :
    node.checkVisibility() && isolates(node) ? [] : [...node.childNodes].flatMap(wordsOf);
  // An inline element takes the first end that a mark of its own has not begun, or that is after it, for its own.
  const isClosed = (text) => {
    let open = 0;
    for (const [mark] of text.matchAll(/[\\u2066-\\u2069]/g)) {
      open += mark === "\\u2069" ? -1 : 1;
      if (open < 0) return false;
    }
    return open === 0;
  };
  const lineOf = (element) => getComputedStyle(element).display === "inline" ? lineOf(element.parentElement) : element;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(node.data) || !node.parentElement.checkVisibility()) continue;
    let box = node.parentElement;
    while (!isolates(box)) box = box.parentElement;
    if (!isClosed(box.textContent) && lineOf(box).textContent.trim() !== box.textContent.trim())
      found.add(box.outerHTML.replaceAll(/W{9,}/g, "W").slice(0, 400));
    const words = [...box.childNodes].flatMap(wordsOf);
    // What the same stranger wrote around it: the URN that it is in, quotes, the ends of its marks, and the word that the engine begins a warning with.
    const own = node.data.replace(/⟦[^⟧]*(⟧|$)/g, "").replace(/^(warning: |error: |urn:\\S+)|[\\s"\\u2069]/g, "");
    if (words.length > 1 || own !== "") found.add(box.outerHTML.replaceAll(/W{9,}/g, "W").slice(0, 400));
  }
  return [...found];
})()`;
