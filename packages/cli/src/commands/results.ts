import type { Report, ReportFormat } from "@quillon/contract";
import type { Client } from "@quillon/contract/client";
import {
  count,
  howToFix,
  isAccepted,
  packNames,
  policiesToFix,
  resourceOf,
  silentPacks,
  unappliedText,
  writers,
} from "@quillon/report";
import { Command, Option } from "commander";
import { ANSWER_IS_NO } from "../exit-codes.ts";
import { formatTable } from "../format-table.ts";
import { signInTo, withOrg } from "../organization.ts";
import { say } from "../output.ts";
import { inOrg, STACK, stackIn } from "../stack-name.ts";
import { printOrWrite, reportText } from "../write-report.ts";

const OF_UPDATE = "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/updates/{updateID}/results";
const OF_CHECK = "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check";
const OF_FINDINGS = "GET /api/quillon/orgs/{orgName}/findings/report";

interface Options {
  org?: string;
  update: string;
  findings?: true;
  checked?: true;
  output: "table" | ReportFormat;
  json?: true;
  outputFile?: string;
  failOn?: "mandatory" | "advisory";
}

/** `quillon results`: what policies found, as a table or in a format that other programs read. */
export function resultsCommand(): Command {
  return withOrg(new Command("results"))
    .argument("[stack]", `${STACK}; with --findings also none, for all that you may read`)
    .option("--update <update>", "the version that it made, or its id", "latest")
    .addOption(
      new Option("--findings", "what is deployed and violates policies, of no single update").conflicts("update"),
    )
    .addOption(
      new Option(
        "--checked",
        "of a stack elsewhere: what the last quillon scan --check found, which enforced nothing",
      ).conflicts(["update", "findings"]),
    )
    .addOption(
      new Option("--output <format>", "how it is written").choices(["table", ...Object.keys(writers)]).default("table"),
    )
    .option("--json", "the same as --output json")
    .option("--output-file <file>", "write it to this file instead of stdout")
    .addOption(
      new Option(
        "--fail-on <level>",
        `end with ${ANSWER_IS_NO} when there are violations of this level; advisory includes mandatory`,
      ).choices(["mandatory", "advisory"]),
    )
    .action(showResults);
}

async function showResults(stack: string | undefined, options: Options): Promise<void> {
  const report = await readReport(stack, options);
  const { outputFile, output } = options;
  const format = options.json ? "json" : output;
  await printOrWrite(format === "table" ? [tableOf(report.results)] : reportText(report, format), outputFile);
  say(sentenceOf(report));
  if (format === "table") for (const text of fixesOf(report)) say(text);
  for (const { name, version, failure } of report.packs)
    if (failure) say(`Policy pack ${name} ${version} made it fail: ${failure}`);
  for (const { name, version } of silentPacks(report))
    say(
      `Policy pack ${name} ${version} had to run, and nothing was reported of it. Whether it analysed anything: quillon receipt show ${report.update?.id}`,
    );
  for (const text of new Set(report.results.map(unappliedText).filter(Boolean))) say(text);
  const { mandatory, advisory } = report.counts;
  if (options.failOn && mandatory + (options.failOn === "advisory" ? advisory : 0) > 0) process.exitCode = ANSWER_IS_NO;
}

async function readReport(stack: string | undefined, options: Options): Promise<Report> {
  const { stack: names, ...named } = stackIn(stack, options);
  if (!names && options.checked) throw new Error("Name the stack as PROJECT/STACK: --checked is of one stack.");
  if (!names && !options.findings) throw new Error("Name the stack as PROJECT/STACK, or add --findings.");
  const { client, orgName } = await signInTo(named);
  if (names && options.checked) return readChecked(client, { orgName, ...names });
  if (names && !options.findings)
    return client.call(OF_UPDATE, { params: { orgName, ...names, updateID: options.update } });
  return client.call(OF_FINDINGS, { params: { orgName }, query: names ? { stack: inOrg(names) } : {} });
}

async function readChecked(
  client: Client,
  params: { orgName: string; projectName: string; stackName: string },
): Promise<Report> {
  const { check } = await client.call(OF_CHECK, { params });
  if (!check)
    throw new Error(
      `The state of ${params.projectName}/${params.stackName} was never checked. Where its backend can be read: quillon scan BACKEND --check`,
    );
  const by = check.checkedBy ? ` by ${check.checkedBy.githubLogin}` : "";
  say(`Checked at ${check.checkedAt}${by}, and not enforced.`);
  return check.report;
}

export function tableOf(results: Report["results"]): string {
  const headings = ["LEVEL", "SEVERITY", "POLICY", "STACK", "RESOURCE", "MESSAGE"];
  const rows = results.map((result) => {
    const { severity, pack, version, policy, project, stack, urn, message } = result;
    return [
      outcomeOf(result),
      severity,
      `${version ? `${pack}@${version}` : pack} ${policy}`,
      `${project}/${stack}`,
      resourceOf(urn).resourceName || "-",
      message.trim(),
    ];
  });
  return formatTable(headings, rows);
}

/** What is counted as no violation in the sentence below the table has another word than its level. */
function outcomeOf(result: Report["results"][number]): string {
  const { kind, level, exceptions, finding } = result;
  if (exceptions) return "excepted";
  if (kind !== "violated") return kind;
  return (isAccepted(result) && finding?.status) || level;
}

/** Of more policies nobody reads it below a table. */
const MOST_FIXES = 20;

/** How to fix what is violated, as far as the packs say it, for each policy once. */
export function fixesOf(report: Pick<Report, "packs">): string[] {
  const fixes = policiesToFix(report).map(({ pack, policy }) => {
    const lines = howToFix(policy).map((line) => `\n  ${line.replaceAll("\n", "\n    ")}`);
    return `${packNames([pack])} ${policy.name}${lines.join("")}`;
  });
  const left = fixes.length - MOST_FIXES;
  const more = left > 0 ? [`How to fix what violates ${left} more of the policies: --output json`] : [];
  return [...fixes.slice(0, MOST_FIXES), ...more];
}

/** What was found, in one line. */
function sentenceOf({ update, stack, organization, counts, leftOut }: Report): string {
  const where = stack ? `${stack.project}/${stack.name}` : organization;
  const run = update && `${update.dryRun ? "preview" : update.kind} ${update.id} of ${where}, ${update.status}`;
  const { mandatory, advisory, accepted, excepted, remediated, notEvaluated, passed } = counts;
  const numbers = [
    `${mandatory} mandatory and ${count(advisory, "advisory violation")}`,
    accepted > 0 && `${accepted} ignored or by design`,
    excepted > 0 && `${excepted} excepted`,
    remediated > 0 && `${remediated} remediated`,
    notEvaluated > 0 && `${notEvaluated} not evaluated`,
    passed > 0 && `${passed} passed`,
    update?.compactedAt
      ? `compacted on ${update.compactedAt.slice(0, 10)} because it is old, so only the counts are kept`
      : leftOut > 0 && `${leftOut} of them not listed`,
  ];
  return `${run ? `In ${run}` : `In what is deployed of ${where}`}: ${numbers.filter(Boolean).join(", ")}.`;
}
