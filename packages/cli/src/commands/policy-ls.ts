import type { Client } from "@quillon/contract/client";
import { needsText } from "@quillon/contract/needs-text";
import { Command } from "commander";
import { parsePackage } from "../arguments.ts";
import { signInTo, withSignIn } from "../organization.ts";
import { type JsonOption, printTable, say } from "../output.ts";
import { readPages } from "../pages.ts";

interface Options extends JsonOption {
  dependency?: string;
  all?: true;
}

/** `quillon policy ls`. */
export function listCommand(): Command {
  return withSignIn(new Command("ls").alias("list"))
    .description(
      "list the policy packs of an organization, and what the newest version of each needs on a client; or those that carry a package",
    )
    .argument("[org]", "the organization (default: your default one)")
    .option(
      "--dependency <package>",
      "find the versions that policy groups enable in which NAME or NAME@VERSION travels, such as 'lodash@<4.17.21'",
    )
    .option("--all", "with --dependency: find versions that no policy group enables, too")
    .option("-j, --json", "print JSON")
    .action(list);
}

async function list(org: string | undefined, { dependency, all, ...options }: Options): Promise<void> {
  if (all && dependency === undefined)
    throw new Error("--all goes with --dependency: all packs are listed without it.");
  const { client, orgName } = await signInTo(org ? { org } : {});
  const params = { orgName };
  if (dependency === undefined) return listPacks(client, params, options);
  const wanted = { ...parsePackage(dependency), ...(all && { all }) };
  let unknown = 0;
  const versions = await readPages(async (continuationToken) => {
    const query = { ...wanted, ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/quillon/orgs/{orgName}/bundled-packages", { params, query });
    unknown = page.unknown;
    return { items: page.policyPackVersions, continuationToken: page.continuationToken };
  });
  printTable(options, versions, ["PACK", "VERSION", "CARRIES", "LICENCE", "ENABLED IN"], (one) => [
    one.policyPack,
    one.versionTag,
    one.found.map(({ version }) => [wanted.name, version].filter(Boolean).join("@")).join(", "),
    [...new Set(one.found.flatMap(({ license }) => license ?? []))].join(", "),
    one.policyGroups.join(", "),
  ]);
  const searched = all ? "published" : "enabled";
  if (unknown > 0)
    say(`${unknown} ${searched} version${unknown > 1 ? "s" : ""} of policy packs do not say what is in them.`);
}

/** The name and the versions come first, as the Pulumi CLI has them, in JSON too. */
async function listPacks(client: Client, params: { orgName: string }, options: JsonOption): Promise<void> {
  const { policyPacks: published } = await client.call("GET /api/orgs/{orgName}/policypacks", { params });
  const tags = new Map(published.map(({ name, versionTags }) => [name, versionTags]));
  const packs = await readPages(async (continuationToken) => {
    const query = { ...(continuationToken && { continuationToken }) };
    const page = await client.call("GET /api/quillon/orgs/{orgName}/policypacks", { params, query });
    return { items: page.policyPacks, continuationToken: page.continuationToken };
  });
  const listed = packs.map((pack) => ({ ...pack, versions: tags.get(pack.name) ?? [pack.newest.versionTag] }));
  printTable(
    options,
    listed,
    ["NAME", "VERSIONS", "NEEDS", "ENABLED IN"],
    ({ name, versions, newest, policyGroups }) => [
      name,
      versions.join(", "),
      newest.needs ? needsText(newest.needs) : "not known",
      policyGroups.map((group) => `${group.name}@${group.versionTag}`).join(", "),
    ],
  );
}
