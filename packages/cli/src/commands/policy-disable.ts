import { Command } from "commander";
import { parseOwnedPack } from "../arguments.ts";
import { DEFAULT_GROUP, patchGroup } from "../group-edit.ts";
import { withSignIn } from "../organization.ts";
import { say } from "../output.ts";

interface Options {
  policyGroup: string;
  version: string;
}

/** `quillon policy disable`, with the words of the Pulumi CLI. */
export function disableCommand(): Command {
  return withSignIn(new Command("disable"))
    .description("disable a policy pack in a policy group")
    .argument("<policy-pack>", "ORG/PACK, or PACK in your default organization")
    .option("--policy-group <group>", "the policy group", DEFAULT_GROUP)
    .option("--version <version>", "only if the group has this version (default: whichever it has)", "")
    .action(disable);
}

async function disable(text: string, { policyGroup, version }: Options): Promise<void> {
  const { owner: org, name } = parseOwnedPack(text);
  await patchGroup(policyGroup, { removePolicyPack: { name, versionTag: version } }, org ? { org } : {});
  say(`Policy group ${policyGroup} does not have ${name} any more.`);
}
