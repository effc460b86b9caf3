import { isAlias, isScalar, LineCounter, type Node, parseAllDocuments, visit, type YAMLMap } from "yaml";

/** Its message is what the text has that readers understand differently. */
export class AmbiguousYaml extends Error {}

/** What some readers refuse, or read as something else. */
const AMBIGUOUS: readonly (readonly [found: string, pattern: RegExp])[] = [
  ["a directive", /^%/m],
  ["a tab before the first word of a line", /^ *\t/m],
  ["a line end without a line feed", /\r(?!\n)/],
  // Among them the one that stands for bytes that are not UTF-8.
  ["a character that is not shown", /[^\P{Cc}\t\r\n]|[\p{Cs}\p{Zl}\p{Zp}\u{FEFF}\u{FFFD}-\u{FFFF}]/u],
  ["an escaped slash or an escaped half of a character", /\\(?:\/|u[dD][89a-fA-F])/],
];

/**
 * The value of the text's first document, if all readers find the same.
 *
 * @throws AmbiguousYaml, or another error when it is not YAML.
 */
export function readPlainYaml(text: string): unknown {
  for (const [found, pattern] of AMBIGUOUS) if (pattern.test(text)) throw new AmbiguousYaml(found);
  // Else the library compares each key with each other one, and quotes the text for each error: minutes for 256 KiB.
  const lineCounter = new LineCounter();
  const [document] = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, lineCounter });
  const [error] = document?.errors ?? [];
  if (error) throw new Error(`${error.message} at line ${lineCounter.linePos(error.pos[0]).line}`);
  if (document) {
    visit(document, {
      Node: (_, node) => checkNode(node),
      Map: (_, map) => {
        checkNode(map);
        checkKeys(map);
      },
    });
  }
  return document?.toJS();
}

function checkNode(node: Node): void {
  if (node.tag !== undefined) throw new AmbiguousYaml("a tag");
  if (isAlias(node) || ("anchor" in node && node.anchor)) throw new AmbiguousYaml("an anchor");
}

function checkKeys({ items }: YAMLMap): void {
  const names = new Set<string>();
  for (const { key } of items) {
    const name = isScalar(key) ? (key.source ?? "") : "";
    if (name === "" || name === "<<") throw new AmbiguousYaml("a key that is not a name");
    if (names.has(name)) throw new AmbiguousYaml(`the key ${JSON.stringify(name)} twice in one place`);
    names.add(name);
  }
}
