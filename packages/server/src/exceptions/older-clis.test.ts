import type { OlderCliEffect } from "@quillon/contract";
import { expect, test } from "vitest";
import { effectOf, type RunsOn } from "./older-clis.ts";

const unknown: RunsOn = { runtime: null, needs: null, sdk: null };
const bundled = { ...unknown, runtime: "nodejs", sdk: { name: "@quillon/policy" } };
const keepsSdk = { ...bundled, sdk: { name: "@pulumi/policy" } };
const node = { ...unknown, runtime: "nodejs", needs: { programs: [{ name: "Node.js" }, { name: "npm" }] } };
const python = { ...unknown, needs: { programs: [{ name: "Python", version: ">=3.9" }, { name: "pip" }] } };

test.each<[string, RunsOn[], OlderCliEffect]>([
  ["bundled", [bundled], "applied"],
  ["all versions bundled", [bundled, bundled], "applied"],
  ["bundled with its own SDK", [keepsSdk], "blocked"],
  ["in Python, by what it needs", [python], "blocked"],
  ["in Python, by its runtime", [{ ...unknown, runtime: "python" }], "blocked"],
  ["in Python, whatever its bill of materials says", [{ ...python, sdk: bundled.sdk }], "blocked"],
  ["not bundled", [node], "unknown"],
  ["published by an older server", [unknown], "unknown"],
  ["bundled in one version", [bundled, node], "unknown"],
  ["bundled in two ways", [bundled, keepsSdk], "unknown"],
  ["in Python, and bundled with its own SDK later", [python, keepsSdk], "blocked"],
  ["no version", [], "unknown"],
])("a pack that is %s", (_, versions, effect) => {
  expect(effectOf(versions)).toBe(effect);
});
