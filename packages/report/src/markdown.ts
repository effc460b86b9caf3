import type { ReportedPack, ReportedResult, ReportHead } from "@quillon/contract";
import { resourceOf } from "./resource-of.ts";
import { visible } from "./visible.ts";
import {
  brokenPacks,
  compactedOn,
  count,
  failedOtherwise,
  isAccepted,
  isExcepted,
  packNames,
  policiesToFix,
  type Results,
  reasonOf,
  silentPacks,
  subjectOf,
  unappliedText,
  unknownBecause,
  type Writer,
  wholeOf,
} from "./writer.ts";

/** In characters. GitHub takes 65,536 of a comment. */
const LONGEST = 65_000;
/** In characters, of one cell. */
const LONGEST_CELL = 600;
const MOST_PACKS = 30;
/** In characters, of all that packs say of how to fix it. */
const LONGEST_FIX = 12_000;

/** For a comment on a pull request: what stops it first, the rest folded, as many violations as a comment can have. */
export const markdown: Writer = {
  contentType: "text/markdown; charset=utf-8",
  order: "worst",
  async *write(head, results) {
    const { mandatory, advisory, accepted, excepted } = head.counts;
    const start = `<!-- quillon ${subjectOf(head)} -->\n${verdictOf(head)}\n`;
    const end = `${fixesOf(head)}${packsOf(head)}${noteOf(head)}`;
    const tables = await tablesOf(results, head, LONGEST - start.length - end.length);
    yield start;
    yield section(`${count(mandatory, "mandatory violation")}`, mandatory, tables.mandatory, true);
    yield section(`${count(advisory, "advisory violation")}`, advisory, tables.advisory, false);
    yield section(`${count(accepted, "violation")} ignored or by design`, accepted, tables.accepted, false);
    yield section(`${count(excepted, "violation")} excepted`, excepted, tables.excepted, false);
    yield end;
  },
};

type Part = "mandatory" | "advisory" | "accepted" | "excepted";

/** What is around the tables, and the lines that say how many violations are not in them. */
const RESERVED = 2000;

async function tablesOf(results: Results, head: ReportHead, room: number): Promise<Record<Part, string[]>> {
  const tables: Record<Part, string[]> = { mandatory: [], advisory: [], accepted: [], excepted: [] };
  let left = room - RESERVED;
  for await (const result of results) {
    if (result.kind !== "violated") continue;
    const row = rowOf(result, head);
    left -= row.length;
    if (left < 0) break;
    tables[partOf(result)].push(row);
  }
  return tables;
}

function partOf(result: ReportedResult): Part {
  if (isExcepted(result)) return "excepted";
  if (isAccepted(result)) return "accepted";
  return result.level === "mandatory" ? "mandatory" : "advisory";
}

function rowOf(result: ReportedResult, head: ReportHead) {
  const { pack, version, policy, severity, urn, message, project, stack } = result;
  const why = isExcepted(result) ? reasonOf(result) : unappliedText(result);
  const { resourceType, resourceName } = resourceOf(urn);
  const resource = urn ? `${code(resourceName)}<br>${code(resourceType)}` : wholeOf(head);
  const where = head.stack ? "" : `${code(`${project}/${stack}`)}<br>`;
  const from = `${code(policy)}<br>${plain(`${pack}@${version}`)}`;
  return `| ${from} | ${plain(severity)} | ${where}${resource} | ${[plain(message), why && plain(why)].filter(Boolean).join("<br>")} |\n`;
}

/** Empty when there is nothing to show. */
function section(title: string, total: number, rows: readonly string[], open: boolean): string {
  if (total === 0) return "";
  const missing = total - rows.length;
  const table =
    rows.length > 0 ? `\n| Policy | Severity | Resource | Message |\n|---|---|---|---|\n${rows.join("")}` : "";
  const more = missing > 0 ? `\n${count(missing, "more violation")} ${missing === 1 ? "is" : "are"} not shown.\n` : "";
  return open
    ? `\n**${title}**\n${table}${more}`
    : `\n<details><summary>${title}</summary>\n${table}${more}\n</details>\n`;
}

/** One line that says whether the policies passed. */
function verdictOf(head: ReportHead): string {
  const { mandatory, advisory, excepted } = head.counts;
  const { update } = head;
  const kind = update?.dryRun ? "preview" : (update?.kind ?? "");
  const where = update ? `the ${plain(kind)} of ${code(subjectOf(head))}` : code(subjectOf(head));
  if (mandatory > 0) {
    const also = advisory > 0 ? ` and ${advisory} advisory` : "";
    return `### ❌ ${mandatory} mandatory${also} ${(advisory || mandatory) === 1 ? "violation" : "violations"} in ${where}`;
  }
  const failed = failureOf(head, where);
  if (failed) return failed;
  if (advisory > 0) return `### ⚠️ ${count(advisory, "advisory violation")} in ${where}`;
  if (update && head.packs.length === 0) return `### ⚪ No policy pack ran in ${where}`;
  const silent = silentPacks(head);
  if (silent.length > 0) return `### ⚪ ${code(packNames(silent))} reported nothing in ${where}`;
  return `### ✅ No violation in ${where}${excepted > 0 ? `, ${excepted} excepted` : ""}`;
}

/** Of a run that failed, and not because of a mandatory violation. Empty of another one. */
function failureOf(head: ReportHead, where: string): string {
  const broken = brokenPacks(head);
  if (broken.length > 0) return `### ❌ ${code(packNames(broken))} made ${where} fail`;
  if (!failedOtherwise(head)) return "";
  const { advisory } = head.counts;
  const said = advisory > 0 ? `policies reported ${count(advisory, "advisory violation")}` : "no policy was violated";
  const ended = head.update?.status === "cancelled" ? "was cancelled" : "failed";
  return `### ❌ ${where.replace("the", "The")} ${ended}, and ${said}`;
}

/** How to fix what is violated, as far as the packs say it and there is room: what stops the run first. */
function fixesOf(head: ReportHead): string {
  const violated = policiesToFix(head).toSorted(
    (a, b) => Number(b.policy.mandatory > 0) - Number(a.policy.mandatory > 0),
  );
  let rows = "";
  for (const { pack, policy } of violated) {
    const said = [policy.remediationSteps, policy.url].filter((text) => text !== undefined);
    const row = `| ${code(policy.name)}<br>${plain(packNames([pack]))} | ${said.map(plain).join("<br>")} |\n`;
    if (rows.length + row.length > LONGEST_FIX) break;
    rows += row;
  }
  return rows && `\n<details><summary>How to fix it</summary>\n\n| Policy | |\n|---|---|\n${rows}\n</details>\n`;
}

function packsOf({ packs, update }: ReportHead): string {
  if (!update || packs.length === 0) return "";
  const rows = packs.slice(0, MOST_PACKS).map((pack) => {
    const name = code(`${pack.name}@${pack.version}`.slice(0, 200));
    const numbers = [total(pack, "mandatory"), total(pack, "advisory"), total(pack, "passed")];
    const others = [total(pack, "excepted"), total(pack, "remediated"), total(pack, "notEvaluated")];
    return `| ${name} | ${pack.required ? "yes" : "no"} | ${[...numbers, ...others].join(" | ")} |\n`;
  });
  const more = packs.length > MOST_PACKS ? `\n${count(packs.length - MOST_PACKS, "more pack")}.\n` : "";
  return `
<details><summary>${count(packs.length, "policy pack")}</summary>

| Pack | Required | Mandatory | Advisory | Passed | Excepted | Remediated | Not evaluated |
|---|---|---|---|---|---|---|---|
${rows.join("")}${more}
</details>
`;
}

const total = (
  pack: ReportedPack,
  of: "mandatory" | "advisory" | "passed" | "excepted" | "remediated" | "notEvaluated",
) => pack.policies.reduce((sum, policy) => sum + policy[of], 0);

function noteOf(head: ReportHead): string {
  const { counts, update } = head;
  const compacted = compactedOn(head);
  const notes = [
    compacted !== undefined &&
      `The update was compacted on ${compacted}, because it is old: how many resources violate a policy is kept, and not which.`,
    update?.status === "running" && "The update has not ended, so there may be more.",
    ...brokenPacks(head).map((pack) => `${code(packNames([pack]))}: ${plain(pack.failure)}`),
    silentPacks(head).length > 0 &&
      `Of ${code(packNames(silentPacks(head)))}, which had to run, nothing was reported. The receipt says whether it analysed anything: ${code(`quillon receipt show ${update?.id}`)}.`,
    counts.notEvaluated > 0 &&
      `Policies were not evaluated for ${count(counts.notEvaluated, "resource")}, because ${unknownBecause(head)}.`,
  ].filter((note) => note !== false);
  return notes.length > 0 ? `\n${notes.join(" ")}\n` : "";
}

const code = (text: string) => `<code>${plain(text)}</code>`;

/**
 * A text that is shown as it is and mentions nobody. Entities stand for what Markdown, HTML, or GitHub's additions (tables,
 * math, emoji, mentions, references, links) would read; a space of no width is where an entity would not help.
 */
function plain(text: string): string {
  return visible(cut(text.trim())).replace(SPECIAL, (found) => {
    if (found === "\n") return "<br>";
    if (found === "@" || found === "#") return `${entity(found)}&#8203;`;
    return [...found].map(entity).join("");
  });
}

const entity = (character: string) => `&#${character.codePointAt(0)};`;

const SPECIAL = /[\n&<>"'|\\`*_[\](){}~$!@#^]|:|www\.|(?<=\b(?:GH|gh))-/giu;

function cut(text: string): string {
  if (text.length <= LONGEST_CELL) return text;
  return `${text.slice(0, LONGEST_CELL - 1).replace(/\p{Surrogate}$/u, "")}…`;
}
