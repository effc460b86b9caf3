import type { Selector } from "@quillon/contract";
import { Command } from "commander";
import { parseObject } from "../arguments.ts";
import { type GroupOptions, withGroup } from "../group-edit.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printTable, say, withJson } from "../output.ts";
import { readPages } from "../pages.ts";
import { sayMatches } from "./group-stack.ts";

const SHAPE = 'JSON, such as {"all": [{"project": "web-*"}, {"tag": "env", "value": "prod"}]}';

/** `quillon group selector set|rm|try`. */
export function groupSelectorCommand(): Command {
  const set = withGroup(new Command("set"))
    .description("give a policy group all stacks that a selector matches, in addition to its list")
    .argument("<selector>", SHAPE)
    .action((group: string, text: string, options: GroupOptions) => setSelector(group, readSelector(text), options));
  const remove = withGroup(new Command("rm"))
    .description("remove the selector of a policy group")
    .action((group: string, options: GroupOptions) => setSelector(group, null, options));
  const attempt = withOrg(withJson(new Command("try")))
    .description("list the stacks that a selector matches, without changing a group")
    .argument("<selector>", SHAPE)
    .action(trySelector);
  const commands = [set, remove, attempt];
  const selector = new Command("selector").description("which stacks a group has by project, name and tags");
  return commands.reduce((all, one) => all.addCommand(one), selector);
}

/** The server checks it. */
function readSelector(text: string): Selector {
  return parseObject("The selector", text) as Selector;
}

async function setSelector(policyGroup: string, selector: Selector | null, options: GroupOptions): Promise<void> {
  const { client, orgName } = await signInTo(options);
  const params = { orgName, policyGroup };
  await client.call("PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector", {
    params,
    body: { selector },
  });
  say(
    selector ? `Set the selector of policy group ${policyGroup}.` : `Policy group ${policyGroup} has no selector now.`,
  );
  if (selector) await sayMatches({ client, orgName }, policyGroup);
}

async function trySelector(text: string, options: GroupOptions & JsonOption): Promise<void> {
  const selector = readSelector(text);
  const { client, orgName } = await signInTo(options);
  const stacks = await readPages(async (continuationToken) => {
    const query = continuationToken ? { continuationToken } : {};
    const page = await client.call("POST /api/quillon/orgs/{orgName}/selector/matches", {
      params: { orgName },
      query,
      body: { selector },
    });
    return { items: page.stacks, continuationToken: page.continuationToken };
  });
  printTable(options, stacks, ["STACK"], ({ name, routingProject }) => [`${routingProject}/${name}`]);
}
