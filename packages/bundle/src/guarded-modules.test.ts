import ts from "typescript";
import { expect, test } from "vitest";
import { isGuarded } from "./guarded-modules.ts";

test.each<[boolean, string]>([
  [true, 'const é = "ä", a = process.env.A ? require("gone") : 1;'],
  [true, 'if (process.env.A) { require("gone"); }'],
  [true, 'if (process.env.A) a(); else a = require("gone");'],
  [true, 'const a = process.env.A && require("gone").b;'],
  [true, 'const a = b ?? require("gone");'],
  [true, 'switch (a) { case 1: require("gone"); }'],
  [true, 'try { a(); } catch { require("gone"); }'],
  [true, 'const a = b ? await import("gone") : 1;'],
  [true, 'const a = b ? await Promise.resolve().then(() => __importStar(require("gone"))) : 1;'],
  [true, 'try { await Promise.resolve().then(() => require("gone")); } catch {}'],
  [true, 'Promise.resolve().then(() => require("gone")).catch(() => 1);'],
  [true, 'exports.a = () => { if (b) return require("gone"); };'],
  [false, 'const a = require("gone");'],
  [false, 'import a from "gone";'],
  [false, 'const a = require("gone") ? 1 : 2;'],
  [false, 'const a = require("gone") || 1;'],
  [false, 'if (require("gone")) a();'],
  [false, 'try { require("gone"); } finally {}'],
  [false, 'const a = b ? { later() { return require("gone"); } } : 1;'],
])("%s: %s", (wanted, code) => {
  const text = `"use strict";\n${code}\n`;
  const column = Buffer.byteLength(code.slice(0, code.indexOf('"gone"')));
  expect(isGuarded(ts, text, { line: 2, column })).toBe(wanted);
});
