import { Argument, Command } from "commander";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printFacts, say, withJson } from "../output.ts";
import { inOrg, STACK, stackIn } from "../stack-name.ts";

type OrgOption = { org?: string };

/** `quillon receipt state|lift|rule`: what follows from receipts. */
export function receiptRuleCommands(): Command[] {
  const state = withOrg(withJson(new Command("state")))
    .description("show whether a stack's next update is stopped, and whether it was changed without policies")
    .argument("<stack>", STACK)
    .action(showState);
  const lift = withOrg(new Command("lift"))
    .description("let a stack's next update start although the receipt of its last one is not complete")
    .argument("<stack>", STACK)
    .requiredOption("--reason <text>", "why; it is in the audit log")
    .action(liftStop);
  const rule = withOrg(withJson(new Command("rule")))
    .description("show or set whether an update without a complete receipt stops the next one of its stack")
    .addArgument(new Argument("[required]", "set it").choices(["on", "off"]))
    .action(rules);
  return [state, lift, rule];
}

async function showState(text: string, options: JsonOption & OrgOption): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  const { client, orgName } = await signInTo(named);
  const state = await client.call("GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state", {
    params: { orgName, ...stack },
  });
  const { stoppedBy, changedWithoutPoliciesSince, withoutCompleteReceipt: streak } = state;
  printFacts(options, state, {
    "Next update": stoppedBy
      ? `stopped, because the receipt of ${stoppedBy.updateID} is ${stoppedBy.status}: ${stoppedBy.reasons.join(" ")}`
      : "may start",
    "Changed without policies": changedWithoutPoliciesSince ? `since ${changedWithoutPoliciesSince}` : "no",
    "Without a complete receipt": streak && `the last ${streak.updates} updates, since ${streak.since}`,
  });
}

async function liftStop(text: string, options: OrgOption & { reason: string }): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  const { client, orgName } = await signInTo(named);
  await client.call("POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state/lift", {
    params: { orgName, ...stack },
    body: { reason: options.reason },
  });
  say(`The next update of ${inOrg(stack)} may start.`);
}

async function rules(wanted: "on" | "off" | undefined, options: JsonOption & OrgOption): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName };
  const rule = wanted
    ? await client.call("PUT /api/quillon/orgs/{orgName}/receipt-rule", { params, body: { required: wanted === "on" } })
    : await client.call("GET /api/quillon/orgs/{orgName}/receipt-rule", { params });
  const what = rule.required ? "stops the next one of its stack" : "stops nothing";
  if (wanted) say(`From now on, an update without a complete receipt ${what}.`);
  else printFacts(options, rule, { "An update without a complete receipt": what });
}
