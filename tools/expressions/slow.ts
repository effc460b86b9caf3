import { analyse } from "scslre";
import ts from "typescript";

interface SlowExpression {
  /** Of the file, from 1. */
  line: number;
  text: string;
}

/**
 * The regular expressions of a TypeScript file for which some text of one repeated character takes quadratic time or longer. Those
 * that are made of strings while the program runs are not found.
 */
export function slowExpressions(path: string, code: string): SlowExpression[] {
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest);
  const found: SlowExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node) && isSlow(node.text))
      found.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text: node.text });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isSlow(literal: string): boolean {
  const end = literal.lastIndexOf("/");
  const expression = new RegExp(literal.slice(1, end), literal.slice(end + 1));
  return analyse(expression, { assumeRejectingSuffix: false, maxReports: 1 }).reports.length > 0;
}
