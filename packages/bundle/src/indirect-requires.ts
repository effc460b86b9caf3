import type TypeScript from "typescript";
import { type CodePlace, nodeAt, positionOf } from "./place-in-code.ts";

/** A part of a file that is replaced by a text, or by a function that loads the modules of a folder as `require` does. */
export interface RequireEdit {
  start: number;
  end: number;
  by: { text: string } | { folder: string };
}

/** What a CommonJS file needs so that `require`, used at places otherwise than called, does in a bundle what it does in the file. */
export interface RequireUses {
  edits: RequireEdit[];
  /** Where nothing helps. */
  others: CodePlace[];
}

const UNUSED = "unused";

/** @param places where a file uses `require` without calling it. */
export function requireUses(ts: typeof TypeScript, code: string, places: readonly CodePlace[]): RequireUses {
  const source = ts.createSourceFile("file.jsx", code, ts.ScriptTarget.ES2020, true);
  const edits: RequireEdit[] = [];
  const others = places.filter((place) => {
    const node = nodeAt(ts, source, { position: positionOf(source, place), isWanted: ts.isIdentifier });
    if (!node) return true;
    if (ts.isTypeOfExpression(node.parent)) return false;
    const edit = folderOfAlias(ts, source, node) ?? factoryParameter(ts, source, node);
    if (edit && edit !== UNUSED) edits.push(edit);
    return !edit;
  });
  return { edits, others };
}

/** `a = require`, when all that the file does with `a` is to load modules of one folder: `a("./folder/" + name)`. */
function folderOfAlias(
  ts: typeof TypeScript,
  source: TypeScript.SourceFile,
  node: TypeScript.Node,
): RequireEdit | undefined {
  const { parent } = node;
  const given = ts.isVariableDeclaration(parent) && parent.initializer === node ? parent.name : assignedTo(ts, node);
  if (!given || !ts.isIdentifier(given)) return undefined;
  const uses = identifiers(ts, source, given.text).filter(
    (one) => one !== given && !(ts.isVariableDeclaration(one.parent) && !one.parent.initializer),
  );
  const folders = new Set(uses.map((one) => folderOfCall(ts, one)));
  const [folder] = folders;
  if (folders.size !== 1 || folder === undefined) return undefined;
  return { start: node.getStart(), end: node.end, by: { folder } };
}

function assignedTo(ts: typeof TypeScript, node: TypeScript.Node): TypeScript.Node | undefined {
  const { parent } = node;
  if (!ts.isBinaryExpression(parent) || parent.right !== node) return undefined;
  return parent.operatorToken.kind === ts.SyntaxKind.EqualsToken ? parent.left : undefined;
}

/** The `./folder/` that a call loads a module of. */
function folderOfCall(ts: typeof TypeScript, node: TypeScript.Node): string | undefined {
  const { parent: call } = node;
  if (!ts.isCallExpression(call) || call.expression !== node) return undefined;
  const [name, ...more] = call.arguments;
  const text = name && more.length === 0 ? beginning(ts, name) : undefined;
  return text !== undefined && /^\.\/([\w-]+\/)+$/.test(text) ? text : undefined;
}

function beginning(ts: typeof TypeScript, node: TypeScript.Node): string | undefined {
  if (ts.isTemplateExpression(node)) return node.head.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  return ts.isStringLiteralLike(node.left) ? node.left.text : beginning(ts, node.left);
}

/**
 * `(function (factory) { … factory(require, exports) … })(function (require, exports) { … })`, which compilers write: the parameter is the
 * file's own `require` wherever Node.js loads it, because a `define` that would give another one is not there.
 */
function factoryParameter(
  ts: typeof TypeScript,
  source: TypeScript.SourceFile,
  node: TypeScript.Node,
): RequireEdit | typeof UNUSED | undefined {
  const { parent: call } = node;
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined;
  const index = call.arguments.indexOf(node as TypeScript.Expression);
  const { text } = call.expression;
  const wrapper = ts.findAncestor(call, ts.isFunctionExpression);
  const which = wrapper?.parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === text) ?? -1;
  if (index < 0 || !wrapper || which < 0) return undefined;
  const factory = argumentsOfOwnCall(ts, wrapper)?.[which];
  if (!factory || !ts.isFunctionExpression(factory)) return undefined;
  const parameter = factory.parameters[index];
  if (!parameter || parameter.initializer || !ts.isIdentifier(parameter.name)) return undefined;
  const isGiven = ({ parent }: TypeScript.Node) =>
    ts.isParameter(parent) ||
    (ts.isCallExpression(parent) &&
      (parent.expression.getText() === "define" ||
        (parent.expression.getText() === text && parent.arguments[index]?.getText() === "require")));
  const isElsewhere = identifiers(ts, source, "define").some(({ parent }) => ts.isVariableDeclaration(parent));
  if (isElsewhere || !identifiers(ts, wrapper, text).every(isGiven)) return undefined;
  const { name } = parameter;
  if (identifiers(ts, factory, name.text).length === 1) return UNUSED;
  if (name.text !== "require") return undefined;
  return { start: name.getStart(), end: name.end, by: { text: "__given_require" } };
}

/** `(function () {})(…)` and `(function () {}(…))`. */
function argumentsOfOwnCall(
  ts: typeof TypeScript,
  node: TypeScript.Expression,
): readonly TypeScript.Expression[] | undefined {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return argumentsOfOwnCall(ts, parent);
  return ts.isCallExpression(parent) && parent.expression === node ? parent.arguments : undefined;
}

/** Where a name is used or declared, not as the name of a member. */
function identifiers(ts: typeof TypeScript, within: TypeScript.Node, text: string): TypeScript.Identifier[] {
  const found: TypeScript.Identifier[] = [];
  const visit = (node: TypeScript.Node): void => {
    const isMember = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && node.text === text && !isMember) found.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(within, visit);
  return found;
}
