import { Command } from "commander";
import { parsePack } from "../arguments.ts";
import { signInTo, withOrg } from "../organization.ts";
import { asJson } from "../output.ts";

const BILL = "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/bill-of-materials";

/** `quillon policy bom`. */
export function billCommand(): Command {
  return withOrg(new Command("bom"))
    .description(
      "print what travels in a version of a policy pack, with the licences, as CycloneDX JSON that scanners read",
    )
    .argument("<pack>", "PACK@VERSION; without a version, the newest one")
    .action(printBill);
}

async function printBill(text: string, options: { org?: string }): Promise<void> {
  const { name: policyPackName, versionTag } = parsePack(text);
  const { client, orgName } = await signInTo(options);
  const params = { orgName, policyPackName, version: versionTag || "latest" };
  process.stdout.write(asJson(await client.call(BILL, { params })));
}
