import type { Api, QueryOf, ReplyOf } from "@quillon/contract";
import { Command, Option } from "commander";
import { parseCount } from "../arguments.ts";
import { scoreGroupings } from "../choices.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printTable, withJson } from "../output.ts";
import { readPages } from "../pages.ts";

const DAYS = "GET /api/quillon/orgs/{orgName}/compliance/days";
const LIST = "GET /api/quillon/orgs/{orgName}/compliance";

type Score = ReplyOf<Api[typeof LIST]>["scores"][number];

interface Listed extends JsonOption {
  org?: string;
  by: NonNullable<QueryOf<Api[typeof LIST]>["by"]>;
  limit: string;
}

/** `quillon compliance ls|days`. */
export function complianceCommand(): Command {
  const list = withOrg(withJson(new Command("ls")))
    .description("list how many policies pass, of those that stacks had to run when they were last updated")
    .addOption(
      new Option("--by <what>", "one line for each of these and each pack").choices(scoreGroupings).default("stack"),
    )
    .option("--limit <n>", "at most so many", "500")
    .action(listScores);
  const days = withOrg(withJson(new Command("days")))
    .description("list the scores of each pack as they were when each day began (UTC)")
    .option("--from <day>", "such as 2030-01-31; 30 days by default")
    .option("--until <day>", "today by default")
    .action(listDays);
  return new Command("compliance").addCommand(list).addCommand(days);
}

async function listScores(options: Listed): Promise<void> {
  const limit = parseCount("--limit", options.limit);
  const { client, orgName } = await signInTo(options);
  const scores = await readPages(async (continuationToken) => {
    const query = { by: options.by, ...(continuationToken && { continuationToken }) };
    const page = await client.call(LIST, { params: { orgName }, query });
    return { items: page.scores, continuationToken: page.continuationToken };
  }, limit);
  printTable(options, scores, scoreColumns(options.by), (score) => scoreCells(options.by, score));
}

/** A line for each pack has its name in the column of all lines. */
export function scoreColumns(by: Listed["by"]): string[] {
  const names = by === "pack" ? [] : [by.toUpperCase()];
  return [...names, "PACK", "SCORE", "PASSING", "NOT EXERCISED", "RESOURCES", "EVALUATED", "STALE"];
}

export function scoreCells(by: Listed["by"], score: Score): string[] {
  return [
    ...(by === "pack" ? [] : [score.name]),
    `${score.policyPack}@${score.policyPackTags.join(",")}`,
    percent(score.score),
    beside(`${score.passingPolicies}/${score.policies}`, score.exceptedPolicies),
    String(score.notExercised),
    score.governedResources === undefined
      ? ""
      : beside(`${score.cleanResources}/${score.governedResources}`, score.exceptedResources),
    score.evaluatedAt ?? "",
    share(score.staleStacks, score.stacks),
  ];
}

async function listDays(options: JsonOption & { org?: string; from?: string; until?: string }): Promise<void> {
  const { from, until } = options;
  const { client, orgName } = await signInTo(options);
  const query = { ...(from && { from }), ...(until && { until }) };
  const { days, changes } = await client.call(DAYS, { params: { orgName }, query });
  printTable(options, days, ["DAY", "PACK", "SCORE", "PASSING", "RESOURCES", "STACKS", "CHANGES"], (day) => [
    day.day,
    `${day.policyPack}@${day.policyPackTags.join(",")}`,
    percent(day.score),
    beside(`${day.passingPolicies}/${day.policies}`, day.exceptedPolicies),
    beside(`${day.cleanResources}/${day.governedResources}`, day.exceptedResources),
    String(day.stacks),
    changes
      .filter((change) => change.day === day.day)
      .map(({ event, count }) => `${event} ${count}`)
      .join(", "),
  ]);
}

function percent(score: number): string {
  if (score === -2) return "error";
  return score < 0 ? "N/A" : `${score}%`;
}

/** `97/100, 2 excepted` */
function beside(share: string, excepted = 0): string {
  return excepted > 0 ? `${share}, ${excepted} excepted` : share;
}

/** Of one stack: yes or no. Of several: how many. */
function share(some: number, all: number): string {
  if (some === 0) return "no";
  return all === 1 ? "yes" : `${some} of ${all}`;
}
