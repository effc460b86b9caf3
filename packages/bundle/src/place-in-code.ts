import type TypeScript from "typescript";

/** A place in JavaScript, as esbuild names it: lines count from 1, columns from 0 and in bytes. */
export interface CodePlace {
  line: number;
  column: number;
}

/** What JavaScript is at a place. */
export function positionOf(source: TypeScript.SourceFile, { line, column }: CodePlace): number {
  const start = source.getPositionOfLineAndCharacter(line - 1, 0);
  const before = Buffer.from(source.text.slice(start).split("\n", 1)[0] ?? "").subarray(0, column);
  return start + before.toString().length;
}

/** The innermost part of JavaScript that begins at a position and is of a kind. */
export function nodeAt(
  ts: typeof TypeScript,
  node: TypeScript.Node,
  { position, isWanted }: { position: number; isWanted: (node: TypeScript.Node) => boolean },
): TypeScript.Node | undefined {
  if (isWanted(node) && node.getStart() === position) return node;
  return ts.forEachChild(node, (child) =>
    child.pos <= position && position < child.end ? nodeAt(ts, child, { position, isWanted }) : undefined,
  );
}
