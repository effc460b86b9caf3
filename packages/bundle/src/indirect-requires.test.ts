import ts from "typescript";
import { expect, test } from "vitest";
import { requireUses } from "./indirect-requires.ts";

/** The code as it is mended, with `FOLDER` for what loads the modules of one; or "as it is", or "not". */
function mended(code: string): string {
  // Each that is not called, as esbuild finds them.
  const places = [...code.matchAll(/(?<!["'.\w]|function \(|\(function \(e, )\brequire\b(?![(.]|["'])/g)].map(
    ({ index }) => ({
      line: 1,
      column: Buffer.byteLength(code.slice(0, index)),
    }),
  );
  const { edits, others } = requireUses(ts, code, places);
  if (others.length > 0) return "not";
  if (edits.length === 0) return "as it is";
  return edits.reduceRight((made, { start, end, by }) => {
    const text = "text" in by ? by.text : `FOLDER(${by.folder})`;
    return made.slice(0, start) + text + made.slice(end);
  }, code);
}

const umd = (body: string, given = "factory(require, exports)") =>
  `(function (factory) { if (typeof module === "object") ${given}; else if (typeof define === "function") define(["require"], factory); })(function (require, exports) { ${body} });`;

test.each<[string, string]>([
  ['const é = 1; if (typeof require !== "undefined" && require.extensions) require.extensions[".é"] = f;', "as it is"],
  ['factory(typeof require === "function" ? require("./a") : self.a);', "as it is"],
  ['load = require; load("./words/" + name);', 'load = FOLDER(./words/); load("./words/" + name);'],
  [`var load = require; load(\`./words/a/\${name}\`);`, `var load = FOLDER(./words/a/); load(\`./words/a/\${name}\`);`],
  [
    'let load; load = require; load("./words/" + a + b);',
    'let load; load = FOLDER(./words/); load("./words/" + a + b);',
  ],
  [umd('require("./a");'), umd('require("./a");').replace("function (require", "function (__given_require")],
  [umd(""), "as it is"],
  [umd("f(require);").replace("(require, exports) {", "(load, exports) {").replace("f(require", "f(load"), "not"],
  ["load = require; load(name);", "not"],
  ["load = require; load(folder + name);", "not"],
  ['load = require; load("../" + name);', "not"],
  ['load = require; load("./" + name);', "not"],
  ['load = require; load("./words/" + a); load("./others/" + a);', "not"],
  ['load = require; load("./words/" + a); other(load);', "not"],
  ['load = require; load("./words/" + a); module.exports = { load };', "not"],
  ['let load; load = require; load = other; load("./words/" + a);', "not"],
  ['exports.load = require; exports.load("./words/" + a);', "not"],
  ["load(require);", "not"],
  ['const a = typeof require === "function" && require; if (a) a(name);', "not"],
  [umd("require();", "other(factory), factory(require, exports)"), "not"],
  [umd("require();", "factory(require, exports), factory(other, exports)"), "not"],
  [`const define = (names, factory) => factory(load); ${umd("require();")}`, "not"],
  [umd("require();").replace("(function (require", "(made || function (require"), "not"],
])("%s: %s", (code, wanted) => {
  expect(mended(code)).toBe(wanted);
});
