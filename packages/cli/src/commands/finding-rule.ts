import type { Severity } from "@quillon/contract";
import { Command } from "commander";
import { parseCount } from "../arguments.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, say, withJson } from "../output.ts";

const SHOW = "GET /api/quillon/orgs/{orgName}/finding-rule";
const SET = "PUT /api/quillon/orgs/{orgName}/finding-rule";

const severities = ["critical", "high", "medium", "low"] as const satisfies readonly Severity[];

type Options = JsonOption & { org?: string } & { [S in Severity]?: string };

/** `quillon finding rule`: when findings are overdue. */
export function findingRuleCommand(): Command {
  const rule = withOrg(withJson(new Command("rule"))).description(
    "show or set after how many days findings are overdue; what is not named stays",
  );
  return severities
    .reduce((command, one) => command.option(`--${one} <days>`, `of severity ${one}, or never`), rule)
    .action(showOrSet);
}

async function showOrSet(options: Options): Promise<void> {
  const change = Object.fromEntries(severities.flatMap((severity) => daysOf(severity, options[severity])));
  const { client, orgName } = await signInTo(options);
  const params = { orgName };
  const { overdueAfterDays: before } = await client.call(SHOW, { params });
  const changed = Object.keys(change).length > 0;
  const body = { overdueAfterDays: { ...before, ...change } };
  const rule = changed ? await client.call(SET, { params, body }) : body;
  if (changed) say(`This is when findings of ${orgName} are overdue from now on.`);
  const facts = severities.map((severity) => [severity, textOf(rule.overdueAfterDays[severity])]);
  printFacts(options, rule, Object.fromEntries(facts));
}

const daysOf = (severity: Severity, text: string | undefined): [Severity, number | null][] =>
  text === undefined ? [] : [[severity, text === "never" ? null : parseCount(`--${severity}`, text)]];

const textOf = (days: number | null) => (days === null ? "never" : `after ${days} ${days === 1 ? "day" : "days"}`);
