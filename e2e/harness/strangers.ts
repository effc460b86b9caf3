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
 * in it than the one text. @returns what is in those elements.
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
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(node.data) || !node.parentElement.checkVisibility()) continue;
    let box = node.parentElement;
    while (!isolates(box)) box = box.parentElement;
    const words = [...box.childNodes].flatMap(wordsOf);
    // What the same stranger wrote around it: the URN that it is in, quotes, and the word that the engine begins a warning with.
    const own = node.data.replace(/⟦[^⟧]*(⟧|$)/g, "").replace(/^(warning: |error: |urn:\\S+)|[\\s"]/g, "");
    if (words.length > 1 || own !== "") found.add(box.outerHTML.replaceAll(/W{9,}/g, "W").slice(0, 400));
  }
  return [...found];
})()`;
