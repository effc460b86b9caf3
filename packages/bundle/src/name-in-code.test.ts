import { join } from "node:path";
import ts from "typescript";
import { expect, onTestFinished, test } from "vitest";
import { nameInCode } from "./name-in-code.ts";
import { TestFolder } from "./testing.ts";

const named = 'import { PolicyPack } from "@pulumi/policy";';
const all = 'import * as policy from "@quillon/policy";';

test.each<[string, string | undefined]>([
  [`${named} new PolicyPack("rules", { policies: [] });`, "rules"],
  [`${named} export const pack = new PolicyPack(\`rules\`, {});`, "rules"],
  [`${all} export default new policy.PolicyPack('rules', {});`, "rules"],
  ['import { PolicyPack as Pack } from "@pulumi/policy"; new Pack("rules", {});', "rules"],
  [`${named} // new PolicyPack("old", {});\nnew PolicyPack("rules", {});`, "rules"],
  [`${named} if (process.env.STRICT) new PolicyPack("rules", {});`, undefined],
  [`${named} function main() { new PolicyPack("rules", {}); }`, undefined],
  [`${named} new PolicyPack(process.env.NAME ?? "rules", {}); new PolicyPack("others", {});`, undefined],
  ['import { PolicyPack } from "./own"; new PolicyPack("rules", {});', undefined],
  [`${all} new policy.Other("rules", {});`, undefined],
  ['import "./pack";', undefined],
  [`${named} new PolicyPack("rules`, "rules"],
])("%s", (code, wanted) => {
  const folder = new TestFolder({ "index.ts": code });
  onTestFinished(() => folder.remove());
  expect(nameInCode(ts, join(folder.directory, "index.ts"))).toBe(wanted);
});
