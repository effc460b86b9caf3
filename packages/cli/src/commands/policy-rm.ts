import { Command } from "commander";
import { parseOwnedPack } from "../arguments.ts";
import { signInTo, withSignIn } from "../organization.ts";
import { confirm, say } from "../output.ts";

const PACK = "/api/orgs/{orgName}/policypacks/{policyPackName}";

/** `quillon policy rm`, with the words of the Pulumi CLI. */
export function removeCommand(): Command {
  return withSignIn(new Command("rm").alias("remove"))
    .description("remove a policy pack, or one version of it, that no policy group has enabled")
    .argument("<policy-pack>", "ORG/PACK, or PACK in your default organization")
    .argument("<version>", "a version, which can then never be published again, or all")
    .option("-y, --yes", "ask nothing")
    .action(remove);
}

async function remove(text: string, version: string, { yes }: { yes?: true }): Promise<void> {
  const { owner, name } = parseOwnedPack(text);
  const { client, orgName } = await signInTo(owner ? { org: owner } : {});
  const what =
    version === "all"
      ? `all versions of policy pack ${orgName}/${name}`
      : `version ${version} of policy pack ${orgName}/${name}`;
  await confirm(
    yes,
    `Remove ${what} for ever?`,
    `Nobody can be asked whether to remove ${what} for ever: do it with --yes.`,
  );
  const params = { orgName, policyPackName: name };
  if (version === "all") await client.call(`DELETE ${PACK}`, { params });
  else await client.call(`DELETE ${PACK}/versions/{version}`, { params: { ...params, version } });
  say(`Removed ${what}.`);
}
