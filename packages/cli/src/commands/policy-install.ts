import { Command } from "commander";
import { cacheFolder } from "../folders.ts";
import { signInTo, withSignIn } from "../organization.ts";
import { say } from "../output.ts";
import { packFolder } from "../required-packs/fetch.ts";
import { selectedStack } from "../run/place.ts";
import { inOrg, stackIn } from "../stack-name.ts";

interface Options {
  stack?: string;
}

/** `quillon policy install`, with the words of the Pulumi CLI. */
export function installCommand(): Command {
  return withSignIn(new Command("install"))
    .description(
      "fetch the policy packs that a stack must run, and install what they need, so that quillon run and quillon check do not have to",
    )
    .option(
      "-s, --stack <stack>",
      "ORG/PROJECT/STACK, or PROJECT/STACK in your default organization (default: the one that is selected in this folder, which the Pulumi CLI is asked for)",
    )
    .action(install);
}

async function install({ stack: given }: Options): Promise<void> {
  const whole = given?.includes("/")
    ? given
    : await selectedStack("pulumi", { stack: given, cwd: process.cwd(), env: process.env }).catch((error: Error) => {
        throw new Error(`${error.message} Or name the stack with --stack ORG/PROJECT/STACK.`);
      });
  const { stack: wanted, ...named } = stackIn(whole, {});
  const { client, orgName } = await signInTo(named);
  const stack = `${orgName}/${inOrg(wanted)}`;
  const { requiredPolicies } = await client.call("GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks", {
    params: { orgName, ...wanted },
  });
  for (const pack of requiredPolicies) {
    const folder = await packFolder(pack, { cache: cacheFolder(), program: "pulumi" });
    say(`${pack.name} ${pack.versionTag} is in ${folder}.`);
  }
  say(
    requiredPolicies.length > 0
      ? `Installed all policy packs that ${stack} must run.`
      : `Stack ${stack} must run no policy pack.`,
  );
}
