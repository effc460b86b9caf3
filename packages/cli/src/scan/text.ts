import { resourceOf } from "@quillon/report";
import { formatTable } from "../format-table.ts";
import type { ScannedStack, ScanStatus } from "./scanned.ts";

/** So many updates of a stack are listed for people. */
const MOST_SHOWN = 20;

const WORDS: Record<ScanStatus, string> = {
  ok: "ok",
  incomplete: "receipt not complete",
  bypassed: "update without receipt",
  unknown: "never seen",
  unreadable: "can't be read",
};

/** For people: each stack, and then what is wrong with them. */
export function scanText(stacks: readonly ScannedStack[]): string {
  const isChecked = stacks.some(({ check }) => check);
  const rows = stacks.map((one) => [
    ...[nameOf(one), WORDS[one.status], receiptsOf(one), one.lastUpdate ?? "-"],
    ...(isChecked ? [policiesOf(one)] : []),
  ]);
  const headings = ["STACK", "STATUS", "UPDATES WITH RECEIPT", "LAST UPDATE", ...(isChecked ? ["POLICIES"] : [])];
  return [
    ...(stacks.length > 0 ? [formatTable(headings, rows)] : []),
    ...section(
      "Updates without a receipt:",
      ["STACK", "STARTED", "ENDED", "RESULT", "BY", "COMMIT"],
      stacks.flatMap((stack) => updatesOf(stack)),
    ),
    ...section(
      "Receipts that are not complete:",
      ["STACK", "UPDATE", "STARTED", "OUTCOME", "RECEIPT", "WHY"],
      stacks.flatMap((stack) => runsOf(stack)),
    ),
    ...section(
      "Violations in what is deployed:",
      ["STACK", "LEVEL", "POLICY", "RESOURCE", "MESSAGE"],
      stacks.flatMap((stack) => violationsOf(stack)),
    ),
    ...section(
      "Stacks that can't be checked:",
      ["STACK", "WHY"],
      stacks.flatMap((one) => (one.check?.problem === undefined ? [] : [[nameOf(one), one.check.problem]])),
    ),
    ...section(
      "Results that the server has not stored:",
      ["STACK", "WHY"],
      stacks.flatMap((one) => (one.check?.notStored === undefined ? [] : [[nameOf(one), one.check.notStored]])),
    ),
    ...section(
      "Stacks that can't be read:",
      ["STACK", "WHY"],
      stacks.flatMap((one) => (one.problem === undefined ? [] : [[nameOf(one), one.problem]])),
    ),
  ].join("\n");
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length > 0 ? [`${title}\n${formatTable(headings, rows)}`] : [];
}

/** Those of a stack that is not known at all are only counted. */
function updatesOf(stack: ScannedStack): string[][] {
  if (!stack.here) return [];
  const rows = stack.withoutReceipt.map(({ startedAt, endedAt, result, by, commit, pipeline }) => [
    nameOf(stack),
    startedAt,
    endedAt,
    result,
    by ?? pipeline ?? "-",
    commit?.slice(0, 12) ?? "-",
  ]);
  return shortened(rows, nameOf(stack));
}

function runsOf(stack: ScannedStack): string[][] {
  const rows = stack.incomplete.map(({ updateID, startedAt, outcome, receipt, reasons }) => [
    nameOf(stack),
    updateID,
    startedAt,
    outcome,
    receipt,
    reasons[0] ?? "",
  ]);
  return shortened(rows, nameOf(stack));
}

function violationsOf(stack: ScannedStack): string[][] {
  const violations = (stack.check?.results ?? []).filter(({ kind, exceptions }) => kind === "violated" && !exceptions);
  const rows = violations.map(({ level, pack, version, policy, urn, message }) => [
    nameOf(stack),
    level,
    `${pack}@${version} ${policy}`,
    resourceOf(urn).resourceName || "-",
    message.trim(),
  ]);
  return shortened(rows, nameOf(stack));
}

function policiesOf({ check }: ScannedStack): string {
  if (!check) return "-";
  if (check.problem !== undefined) return "not checked";
  if (!check.counts || check.packs.length === 0) return "no pack must run";
  const { mandatory, advisory, notEvaluated } = check.counts;
  const numbers = [
    mandatory > 0 && `${mandatory} mandatory`,
    advisory > 0 && `${advisory} advisory`,
    notEvaluated > 0 && `${notEvaluated} not evaluated`,
  ];
  return numbers.filter(Boolean).join(", ") || "passed";
}

function shortened(rows: string[][], name: string): string[][] {
  const more = rows.length - MOST_SHOWN;
  return more > 0 ? [...rows.slice(0, MOST_SHOWN), [name, `and ${more} more: --json has all`]] : rows;
}

function nameOf({ project, stack }: ScannedStack): string {
  return project === undefined ? stack : `${project}/${stack}`;
}

function receiptsOf({ updates, known }: ScannedStack): string {
  return updates === 0 ? "-" : `${known} of ${updates}`;
}

/** What was found, in one line. */
export function scanSentence(stacks: readonly ScannedStack[], backend: string): string {
  if (stacks.length === 0) return `There are no stacks in ${backend}.`;
  const of = (status: ScanStatus) => stacks.filter((one) => one.status === status).length;
  const numbers = (Object.keys(WORDS) as ScanStatus[]).map((status) => [of(status), WORDS[status]] as const);
  const found = numbers.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `In ${backend}, ${stacks.length} ${stacks.length === 1 ? "stack" : "stacks"}: ${found.join(", ")}.`;
}
