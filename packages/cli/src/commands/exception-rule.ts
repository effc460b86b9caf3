import type { Severity } from "@quillon/contract";
import { Command, Option } from "commander";
import { severities } from "../choices.ts";
import { parseHours } from "../expiry.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, say, withJson } from "../output.ts";

const SHOW = "GET /api/quillon/orgs/{orgName}/exception-rule";
const SET = "PUT /api/quillon/orgs/{orgName}/exception-rule";

interface Options extends JsonOption {
  org?: string;
  approval?: "on" | "off";
  longest?: string;
  endRequired?: "on" | "off";
  forbiddenFrom?: Severity | "none";
}

/** `quillon policy exception rule`: what an organization allows. */
export function exceptionRuleCommand(): Command {
  const onOff = (flags: string, what: string) => new Option(flags, what).choices(["on", "off"]);
  return withOrg(withJson(new Command("rule")))
    .description("show or set what the organization allows of policy exceptions; what is not named stays")
    .addOption(onOff("--approval <on|off>", "somebody else must agree to each"))
    .option("--longest <time>", "how long one may last: 12h, 90d or 4w, or none for any time")
    .addOption(onOff("--end-required <on|off>", "each needs an end"))
    .addOption(
      new Option("--forbidden-from <severity>", "none from policies of this severity or a worse one").choices([
        ...severities,
        "none",
      ]),
    )
    .action(showOrSet);
}

async function showOrSet(options: Options): Promise<void> {
  const change = changeOf(options);
  const { client, orgName } = await signInTo(options);
  const params = { orgName };
  const { reply: before, etag } = await client.tagged(SHOW, { params });
  const changed = Object.keys(change).length > 0;
  // Another admin may set something else in between, which would be undone.
  const seen = { "if-match": etag };
  const rule = changed ? await client.call(SET, { params, body: { ...before, ...change }, headers: seen }) : before;
  if (changed) say(`This is what ${orgName} allows from now on. Exceptions that there are stay.`);
  printFacts(options, rule, {
    "Somebody else must agree": rule.approval ? "yes" : "no",
    "Longest time": rule.longestHours === null ? "any" : hoursText(rule.longestHours),
    "Needs an end": rule.endRequired || rule.longestHours !== null ? "yes" : "no",
    "None from severity": rule.forbiddenFrom ?? "all are allowed",
  });
}

function changeOf({ approval, longest, endRequired, forbiddenFrom }: Options) {
  return {
    ...(approval && { approval: approval === "on" }),
    ...(longest !== undefined && { longestHours: longest === "none" ? null : parseHours("--longest", longest) }),
    ...(endRequired && { endRequired: endRequired === "on" }),
    ...(forbiddenFrom && { forbiddenFrom: forbiddenFrom === "none" ? null : forbiddenFrom }),
  };
}

/** Whole days as days. */
export function hoursText(hours: number): string {
  return hours % 24 === 0 ? `${hours / 24}d` : `${hours}h`;
}
