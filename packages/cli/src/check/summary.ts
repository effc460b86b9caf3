import type { Report, ReportedResult } from "@quillon/contract";
import { count, exceptionText, howToFix, resourceOf, visible } from "@quillon/report";
import type { AuditedPolicy } from "@quillon/runner/audit";
import type { CheckedPack } from "./pack.ts";
import { byWorst, resultsOf } from "./report.ts";

/** More are not read on a terminal. */
const MOST_SHOWN = 200;

type Paint = (code: number, text: string) => string;

/** For people: what is wrong, by pack and by resource. */
export function summaryOf(packs: readonly CheckedPack[], color: boolean): string {
  const paint: Paint = (code, text) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const all = packs
    .flatMap((from) => resultsOf(from).map((result) => ({ from, result })))
    .sort((a, b) => byWorst(a.result, b.result));
  const shown = all.slice(0, MOST_SHOWN);
  const lines: string[] = [];
  for (const checked of packs) {
    const { pack, from } = checked;
    const results = shown.filter((one) => one.from === checked).map(({ result }) => result);
    lines.push(
      paint(1, visible(`${pack.name} ${pack.version}`)) + visible(` (${from.required ? "required" : from.label})`),
    );
    lines.push(...(pack.results.length === 0 ? ["  Nothing to say."] : linesOf(checked, results, paint)), "");
  }
  const missing = all.length - shown.length;
  if (missing > 0) lines.push(`Of the results ${missing} are not shown here. --output json has all.`, "");
  return lines.map((line) => `${line}\n`).join("");
}

function linesOf({ pack }: CheckedPack, results: readonly ReportedResult[], paint: Paint): string[] {
  const lines: string[] = [];
  const toDescribe = new Map(pack.policies.map((policy) => [policy.name, policy]));
  for (const [urn, ofResource] of byResource(results)) {
    const { resourceType, resourceName } = resourceOf(urn);
    lines.push(visible(urn ? `  ${resourceType} ${resourceName}` : "  the whole stack"));
    for (const result of ofResource) {
      const word = wordOf(result);
      lines.push(`    ${paint(COLORS[word] ?? 0, `[${word}]`)} ${visible(result.policy)}${severityOf(result)}`);
      lines.push(...textOf(result).map((line) => `      ${visible(line)}`));
      const policy = toDescribe.get(result.policy);
      // Said once, because it is the same for each resource.
      if (policy) lines.push(...adviceOf(policy));
      toDescribe.delete(result.policy);
    }
  }
  return lines;
}

function adviceOf(policy: AuditedPolicy): string[] {
  return howToFix(policy).map((line) => `      ${visible(line).replaceAll("\n", "\n        ")}`);
}

const COLORS: Partial<Record<string, number>> = {
  mandatory: 31,
  advisory: 33,
  excepted: 36,
  remediated: 36,
  "not evaluated": 35,
};

function wordOf({ kind, level, exceptions }: ReportedResult): string {
  if (kind === "not-evaluated") return "not evaluated";
  if (kind === "remediated") return kind;
  return exceptions ? "excepted" : level;
}

const severityOf = ({ severity }: ReportedResult) => (severity ? ` (${visible(severity)})` : "");

function textOf({ message, exceptions = [] }: ReportedResult): string[] {
  return [...message.trim().split("\n"), ...exceptions.map((one) => `Excepted by ${exceptionText(one)}`)];
}

function byResource(results: readonly ReportedResult[]): Map<string, ReportedResult[]> {
  const groups = new Map<string, ReportedResult[]>();
  for (const result of results) {
    const group = groups.get(result.urn);
    if (group) group.push(result);
    else groups.set(result.urn, [result]);
  }
  return groups;
}

/** What was found, in one line. */
export function sentenceOf({ stack, organization, counts, packs }: Report, resources: number): string {
  const where = stack ? [organization, stack.project, stack.name].filter(Boolean).join("/") : "the state";
  if (packs.length === 0) return `${where} must run no policy pack, so nothing was checked.`;
  const { mandatory, advisory, excepted, remediated, notEvaluated, passed } = counts;
  const numbers = [
    `${mandatory} mandatory and ${count(advisory, "advisory violation")}`,
    excepted > 0 && `${excepted} excepted`,
    remediated > 0 && `${remediated} would be remediated`,
    notEvaluated > 0 && `${notEvaluated} not evaluated`,
    `${passed} passed`,
  ];
  return `In ${where}, ${count(resources, "resource")} and ${count(packs.length, "policy pack")}: ${numbers.filter(Boolean).join(", ")}.`;
}
