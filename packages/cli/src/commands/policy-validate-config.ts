import { Command } from "commander";
import { parseOwnedPack } from "../arguments.ts";
import { signInTo, withSignIn } from "../organization.ts";
import { asJson, type JsonOption, withJson } from "../output.ts";
import { readPolicyConfig } from "../policy-config.ts";

/** `quillon policy validate-config`, with the words of the Pulumi CLI. */
export function validateConfigCommand(): Command {
  return withSignIn(withJson(new Command("validate-config")))
    .description("say whether a configuration fits a version of a policy pack, as enabling the version with it would")
    .argument("<policy-pack>", "ORG/PACK, or PACK in your default organization")
    .argument("<version>", "a version, or latest for the newest one at this moment")
    .requiredOption("--config <file>", "JSON file with the configuration by policy name; - for standard input")
    .action(validate);
}

async function validate(text: string, version: string, options: JsonOption & { config: string }): Promise<void> {
  const { owner, name } = parseOwnedPack(text);
  const config = await readPolicyConfig(options.config);
  const { client, orgName } = await signInTo(owner ? { org: owner } : {});
  const { problems } = await client.call(
    "POST /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/config/problems",
    { params: { orgName, policyPackName: name, version }, body: { config } },
  );
  const valid = problems.length === 0;
  if (options.json) {
    // The fields of the Pulumi CLI, and what is wrong.
    process.stdout.write(asJson({ organizationName: orgName, name, versionTag: version, valid, problems }));
    process.exitCode = valid ? 0 : 1;
    return;
  }
  if (!valid) {
    const lines = problems.map((one) => [one.policy, one.property, one.message].filter(Boolean).join(": "));
    throw new Error(
      `The configuration ${options.config} does not fit policy pack ${orgName}/${name} ${version}:\n${lines.map((line) => `  ${line}\n`).join("")}Change it, and ask again.`,
    );
  }
  process.stdout.write("Policy Pack configuration is valid.\n");
}
