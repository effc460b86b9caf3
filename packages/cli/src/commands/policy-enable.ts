import { Command } from "commander";
import { parseOwnedPack } from "../arguments.ts";
import { DEFAULT_GROUP, patchGroup } from "../group-edit.ts";
import { withSignIn } from "../organization.ts";
import { say } from "../output.ts";
import { readPolicyConfig } from "../policy-config.ts";

interface Options {
  policyGroup: string;
  config?: string;
}

/** `quillon policy enable`, with the words of the Pulumi CLI. */
export function enableCommand(): Command {
  return withSignIn(new Command("enable"))
    .description("enable a policy pack in a policy group, in place of any other version and configuration of it")
    .argument("<policy-pack>", "ORG/PACK, or PACK in your default organization")
    .argument("<version>", "a version, or latest for the newest one at this moment")
    .option("--policy-group <group>", "the policy group", DEFAULT_GROUP)
    .option("--config <file>", "JSON file with the configuration by policy name; - for standard input")
    .action(enable);
}

async function enable(text: string, version: string, { policyGroup, config }: Options): Promise<void> {
  const { owner: org, name } = parseOwnedPack(text);
  const addPolicyPack = {
    name,
    versionTag: version === "latest" ? "" : version,
    ...(config !== undefined && { config: await readPolicyConfig(config) }),
  };
  await patchGroup(policyGroup, { addPolicyPack }, org ? { org } : {});
  const group = policyGroup;
  say(
    version === "latest"
      ? `Policy group ${group} has the newest version of ${name} now. To give it each later one, too: quillon group pack follow ${group} ${name}${org ? ` --org ${org}` : ""}`
      : `Policy group ${group} has ${name}@${version} now.`,
  );
}
