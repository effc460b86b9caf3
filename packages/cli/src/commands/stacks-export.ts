import { count } from "@quillon/report";
import { Command, Option } from "commander";
import { repeated } from "../arguments.ts";
import { passphraseIn } from "../check/passphrase.ts";
import { exportStack, filesOf, listToExport, type SecretsOut } from "../migrate/export.ts";
import { sealerOf } from "../migrate/seal.ts";
import { makeFolder } from "../migrate/write-files.ts";
import { signInTo, withOrg } from "../organization.ts";
import { say } from "../output.ts";
import { inOrg, STACK, stacksIn } from "../stack-name.ts";

interface Options {
  org?: string;
  project?: string[];
  stack?: string[];
  passphrase?: true;
  showSecrets?: true;
}

const MORE = `
For each stack there is a folder DIR/PROJECT/STACK, with deployment.json, which \`pulumi stack import\` reads, stack.json with its tags, and history.json.
All of it is written, or nothing. Stacks whose state is elsewhere are left out.
Without an option, secrets stay encrypted by the server's key, and only this server can open them. What a passphrase or a KMS has encrypted stays so.`;

/** `quillon stacks export`. */
export function exportStacksCommand(): Command {
  return withOrg(new Command("export"))
    .description("write the state, the tags and the history of each stack into files, to move out or to keep")
    .argument("<dir>", "the folder; it must not exist")
    .addOption(repeated("--project <project>", "only stacks of this project"))
    .addOption(repeated("--stack <stack>", `only stacks with this name: STACK, ${STACK}`))
    .option("--passphrase", "encrypt secrets by the passphrase in PULUMI_CONFIG_PASSPHRASE, to import them elsewhere")
    .addOption(new Option("--show-secrets", "write secrets in plain").conflicts("passphrase"))
    .addHelpText("after", MORE)
    .action(exportStacks);
}

async function exportStacks(dir: string, options: Options): Promise<void> {
  const { project, stack, showSecrets } = options;
  const { stacks: whole, ...named } = stacksIn(stack?.filter((one) => one.includes("/")) ?? [], options);
  const secrets = await secretsOf(options);
  const { client, orgName } = await signInTo(named);
  const wanted = stack && [...stack.filter((one) => !one.includes("/")), ...whole.map(inOrg)];
  const filter = { ...(project && { projects: project }), ...(wanted && { stacks: wanted }) };
  const written = await makeFolder(dir, async (write) => {
    let stacks = 0;
    for (const params of await listToExport(client, orgName, filter)) {
      const exported = await exportStack(client, params, secrets);
      if (!exported) continue;
      for (const [name, text] of Object.entries(filesOf(exported)))
        await write([params.projectName, params.stackName, name], text);
      stacks += 1;
    }
    if (stacks === 0)
      throw new Error(`There are no such stacks in ${orgName} that you can read, so nothing was written.`);
    return stacks;
  });
  const warning = showSecrets ? " Their secrets are in plain: remove it when it is not needed any more." : "";
  say(`Wrote ${dir}, with ${count(written, "stack")} of ${orgName}.${warning}`);
}

async function secretsOf({ passphrase, showSecrets }: Options): Promise<SecretsOut> {
  if (!passphrase) return showSecrets ? "plain" : "kept";
  const phrase = passphraseIn(process.env);
  if (!phrase)
    throw new Error("Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the new passphrase.");
  return sealerOf(phrase);
}
