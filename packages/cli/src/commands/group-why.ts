import type { Api, ReplyOf } from "@quillon/contract";
import { Command } from "commander";
import type { GroupOptions } from "../group-edit.ts";
import { signInTo, withOrg } from "../organization.ts";
import { type JsonOption, printTable, withJson } from "../output.ts";
import { STACK, stackIn } from "../stack-name.ts";

type Explained = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks"]
>["policyPacks"];

/** `quillon group why`: which packs a stack must run, and from which groups they come. */
export function groupWhyCommand(): Command {
  return withOrg(withJson(new Command("why")))
    .description(
      "explain which policy packs a stack has, from which groups, and which of them its next update must run",
    )
    .argument("<stack>", STACK)
    .option("--pack <pack>", "only this policy pack")
    .action(explain);
}

async function explain(text: string, options: GroupOptions & JsonOption & { pack?: string }): Promise<void> {
  const { stack, ...named } = stackIn(text, options);
  const { client, orgName } = await signInTo(named);
  const { policyPacks } = await client.call(
    "GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks",
    { params: { orgName, ...stack }, query: options.pack ? { policypack: options.pack } : {} },
  );
  if (options.json) printTable(options, policyPacks, [], () => []);
  else printTable(options, rowsOf(policyPacks), ["PACK", "GROUP", "IN IT BY", "REQUIRED", "REASON"], (row) => row);
}

function rowsOf(packs: Explained): string[][] {
  return packs.flatMap(({ name, groups }) =>
    groups.map((group) => [
      `${name}@${group.versionTag || group.version}`,
      group.name,
      group.membership.by,
      group.required ? "yes" : "no",
      group.reason,
    ]),
  );
}
