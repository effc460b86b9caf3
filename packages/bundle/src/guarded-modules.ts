import type TypeScript from "typescript";
import { type CodePlace, nodeAt, positionOf } from "./place-in-code.ts";

/**
 * Whether the module whose name is at a place is asked for under a condition only, or where the code goes on without it. Node.js says only
 * then that it is not there.
 */
export function isGuarded(ts: typeof TypeScript, code: string, place: CodePlace): boolean {
  const source = ts.createSourceFile("file.jsx", code, ts.ScriptTarget.ES2020, true);
  const name = nodeAt(ts, source, { position: positionOf(source, place), isWanted: ts.isStringLiteralLike });
  return name !== undefined && isCalled(ts, name) && isUnderCondition(ts, name);
}

/** `require("…")` and `import("…")`. Statements are loaded in any case. */
function isCalled(ts: typeof TypeScript, { parent }: TypeScript.Node): boolean {
  return ts.isCallExpression(parent) && /^(require|import)$/.test(parent.expression.getText());
}

function isUnderCondition(ts: typeof TypeScript, node: TypeScript.Node): boolean {
  const { parent } = node;
  // A function may be called from anywhere, but compilers write `import()` as one that only has an expression.
  if (!parent || (ts.isFunctionLike(parent) && (!ts.isArrowFunction(parent) || ts.isBlock(parent.body)))) return false;
  return guards(ts, parent, node) || isUnderCondition(ts, parent);
}

/** Whether a part of something runs only sometimes, or may fail. */
function guards(ts: typeof TypeScript, whole: TypeScript.Node, part: TypeScript.Node): boolean {
  if (ts.isConditionalExpression(whole)) return part !== whole.condition;
  if (ts.isIfStatement(whole)) return part !== whole.expression;
  if (ts.isCaseOrDefaultClause(whole) || ts.isCatchClause(whole)) return true;
  if (ts.isTryStatement(whole)) return part === whole.tryBlock && whole.catchClause !== undefined;
  if (ts.isBinaryExpression(whole))
    return part === whole.right && /^(&&|\|\||\?\?)=?$/.test(whole.operatorToken.getText());
  return ts.isPropertyAccessExpression(whole) && whole.name.text === "catch" && ts.isCallExpression(whole.parent);
}
