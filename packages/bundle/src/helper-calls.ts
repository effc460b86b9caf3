import { readFileSync } from "node:fs";
import type TypeScript from "typescript";
import { type Problem, shownPath } from "./problems.ts";
import type { StandIns } from "./stand-ins/stand-ins.ts";

/** What of providers is imported where. */
export interface HelperUses {
  /** By the provider's name and version. */
  standIns: Record<string, StandIns["modules"]>;
  /** By the path of a file: by what it imports, which module that is. */
  files: Record<string, Record<string, Place>>;
}

interface Place {
  /** Its name and version. */
  provider: string;
  module: string;
}

interface Helper {
  /** The provider's name and version. */
  helperOf: string;
}

/**
 * Finds calls of providers' functions. They are followed as far as one file says it: imports, names for them, members and
 * destructuring. Others are found when they are called.
 */
export function findHelperCalls(ts: typeof TypeScript, directory: string, { standIns, files }: HelperUses): Problem[] {
  return Object.entries(files)
    .sort()
    .flatMap(([path, imports]) => {
      const { source, checker } = read(ts, path);
      const names = new Names(ts, checker, { standIns, imports });
      const found: Problem[] = [];
      const visit = (node: TypeScript.Node): void => {
        const what = ts.isCallExpression(node) || ts.isNewExpression(node) ? names.what(node.expression) : undefined;
        if (what && "helperOf" in what) {
          const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
          const called = (node as TypeScript.CallExpression).expression.getText(source).replace(/\s+/g, "");
          const text = `it calls ${called} of ${what.helperOf}, and a bundle does not carry the functions of providers`;
          found.push({ file: shownPath(directory, path), line: line + 1, column: character + 1, text });
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return found;
    });
}

/** The file alone, so that names are known and no types, which would take seconds. */
function read(ts: typeof TypeScript, path: string) {
  // Old compilers know no other endings, and what a file imports does not depend on it.
  const name = /tsx$/.test(path) ? "file.tsx" : /ts$/.test(path) ? "file.ts" : "file.jsx";
  const source = ts.createSourceFile(name, readFileSync(path, "utf8"), ts.ScriptTarget.ES2020, true);
  const options = { noResolve: true, noLib: true, allowJs: true, types: [] };
  const program = ts.createProgram([name], options, {
    getSourceFile: (of) => (of === name ? source : undefined),
    fileExists: (of) => of === name,
    readFile: () => undefined,
    writeFile: () => {},
    getDefaultLibFileName: () => "lib.d.ts",
    getCurrentDirectory: () => "",
    getCanonicalFileName: (of) => of,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
  });
  return { source, checker: program.getTypeChecker() };
}

/** What compilers put around a `require`. */
const INTEROP = /(^|\.)(__import(Star|Default)|_?_?interopRequire(Wildcard|Default)|__toESM)$/;

interface Known {
  standIns: HelperUses["standIns"];
  imports: Record<string, Place>;
}

class Names {
  readonly #ts: typeof TypeScript;
  readonly #checker: TypeScript.TypeChecker;
  readonly #known: Known;
  /** What is being looked up, because a name may be declared by itself. */
  readonly #asked = new Set<TypeScript.Node>();

  constructor(ts: typeof TypeScript, checker: TypeScript.TypeChecker, known: Known) {
    this.#ts = ts;
    this.#checker = checker;
    this.#known = known;
  }

  /** The module or helper that an expression gives, if it gives one. */
  what(node: TypeScript.Node | undefined): Place | Helper | undefined {
    if (!node || this.#asked.has(node)) return undefined;
    this.#asked.add(node);
    const found = this.#expression(node);
    this.#asked.delete(node);
    return found;
  }

  #expression(node: TypeScript.Node): Place | Helper | undefined {
    const ts = this.#ts;
    if (ts.isIdentifier(node)) return this.#declared(this.#checker.getSymbolAtLocation(node)?.declarations?.[0]);
    if (ts.isPropertyAccessExpression(node)) return this.#member(this.what(node.expression), node.name.text);
    if (ts.isElementAccessExpression(node))
      return this.#member(this.what(node.expression), this.#text(node.argumentExpression));
    if (ts.isQualifiedName(node)) return this.#member(this.what(node.left), node.right.text);
    if (ts.isCallExpression(node)) return this.#loaded(node);
    // As in `(0, aws.getRegion)()`, which compilers write.
    if (ts.isBinaryExpression(node))
      return node.operatorToken.kind === ts.SyntaxKind.CommaToken ? this.what(node.right) : undefined;
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return this.what(node.expression);
    if (ts.isNonNullExpression(node) || ts.isAwaitExpression(node)) return this.what(node.expression);
    return undefined;
  }

  /** `require("…")`, `import("…")`, and what compilers put around them. */
  #loaded({ expression, arguments: [first] }: TypeScript.CallExpression): Place | Helper | undefined {
    const callee = expression.getText();
    if (callee === "require" || callee === "import") return this.#imported(first);
    return INTEROP.test(callee) ? this.what(first) : undefined;
  }

  #declared(node: TypeScript.Node | undefined): Place | Helper | undefined {
    const ts = this.#ts;
    if (!node) return undefined;
    if (ts.isNamespaceImport(node)) return this.#imported(node.parent.parent.moduleSpecifier);
    if (ts.isImportClause(node)) return this.#member(this.#imported(node.parent.moduleSpecifier), "default");
    if (ts.isImportSpecifier(node)) {
      const name = node.propertyName ?? node.name;
      return this.#member(this.#imported(node.parent.parent.parent.moduleSpecifier), name.text);
    }
    if (ts.isImportEqualsDeclaration(node)) {
      const { moduleReference: to } = node;
      return ts.isExternalModuleReference(to) ? this.#imported(to.expression) : this.what(to);
    }
    if (ts.isVariableDeclaration(node)) return this.what(node.initializer);
    return ts.isBindingElement(node) ? this.#taken(node) : undefined;
  }

  /** A name that is taken out of something: `const { s3 } = aws`. */
  #taken({ parent, propertyName, name, dotDotDotToken }: TypeScript.BindingElement): Place | Helper | undefined {
    const ts = this.#ts;
    const from = parent.parent;
    if (dotDotDotToken || !ts.isObjectBindingPattern(parent) || ts.isParameter(from)) return undefined;
    const key = propertyName ?? name;
    const text = ts.isIdentifier(key) ? key.text : this.#text(key);
    return this.#member(ts.isBindingElement(from) ? this.#taken(from) : this.what(from.initializer), text);
  }

  #imported(specifier: TypeScript.Node | undefined): Place | undefined {
    const path = this.#text(specifier);
    return path !== undefined && Object.hasOwn(this.#known.imports, path) ? this.#known.imports[path] : undefined;
  }

  #member(of: Place | Helper | undefined, name: string | undefined): Place | Helper | undefined {
    if (!of || "helperOf" in of || name === undefined) return undefined;
    const members = this.#known.standIns[of.provider]?.[of.module] ?? {};
    // What imports a package by its default gets all of it.
    if (!Object.hasOwn(members, name)) return name === "default" ? of : undefined;
    const member = members[name];
    if (!member) return undefined;
    if ("module" in member) return { provider: of.provider, module: member.module };
    if ("same" in member) return this.#member({ provider: of.provider, module: member.same[0] }, member.same[1]);
    return "helper" in member ? { helperOf: of.provider } : undefined;
  }

  #text(node: TypeScript.Node | undefined): string | undefined {
    return node && this.#ts.isStringLiteralLike(node) ? node.text : undefined;
  }
}
