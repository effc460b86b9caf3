import { readFileSync } from "node:fs";
import type TypeScript from "typescript";

const SDK = /^@(pulumi|quillon)\/policy$/;

/**
 * The name that a pack in TypeScript gives itself, where its first file says so without being run: `new PolicyPack("name", …)` in a
 * statement of its own, which always runs.
 */
export function nameInCode(ts: typeof TypeScript, path: string): string | undefined {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2020);
  const classes = new Set(source.statements.flatMap((statement) => namesOfClass(ts, statement)));
  for (const made of source.statements.flatMap((statement) => valuesOf(ts, statement))) {
    if (!ts.isNewExpression(made) || !classes.has(dotted(ts, made.expression))) continue;
    const [name] = made.arguments ?? [];
    return name && ts.isStringLiteralLike(name) ? name.text : undefined;
  }
  return undefined;
}

/** What the file calls the class, such as `PolicyPack` and `policy.PolicyPack`. */
function namesOfClass(ts: typeof TypeScript, statement: TypeScript.Statement): string[] {
  if (!ts.isImportDeclaration(statement) || !SDK.test((statement.moduleSpecifier as TypeScript.StringLiteral).text))
    return [];
  const { namedBindings } = statement.importClause ?? {};
  if (!namedBindings) return [];
  if (ts.isNamespaceImport(namedBindings)) return [`${namedBindings.name.text}.PolicyPack`];
  return namedBindings.elements
    .filter(({ name, propertyName }) => (propertyName ?? name).text === "PolicyPack")
    .map(({ name }) => name.text);
}

function valuesOf(ts: typeof TypeScript, statement: TypeScript.Statement): TypeScript.Expression[] {
  if (ts.isExpressionStatement(statement) || ts.isExportAssignment(statement)) return [statement.expression];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ initializer }) => initializer ?? []);
}

function dotted(ts: typeof TypeScript, node: TypeScript.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? `${dotted(ts, node.expression)}.${node.name.text}` : "";
}
