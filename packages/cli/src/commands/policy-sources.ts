import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { Command } from "commander";
import { parsePack } from "../arguments.ts";
import { signInTo, withOrg } from "../organization.ts";
import { say } from "../output.ts";
import { packFolderOf } from "../pack-folder.ts";
import { writeWhole } from "../write-whole.ts";

const SOURCES = "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources";

/** `quillon policy sources`. */
export function sourcesCommand(): Command {
  return withOrg(new Command("sources"))
    .description("download what a version of a policy pack was bundled from, as a gzipped tar archive")
    .argument("<pack>", "PACK@VERSION; without a version, the newest one")
    .argument(
      "[file]",
      "where to write it, if nothing is there (default: PACK-VERSION-sources.tgz); not in the folder of a pack",
    )
    .action(download);
}

async function download(text: string, file: string | undefined, options: { org?: string }): Promise<void> {
  const { name: policyPackName, versionTag } = parsePack(text);
  const { client, orgName } = await signInTo(options);
  const params = { orgName, policyPackName, version: versionTag || "latest" };
  const to = file ?? `${policyPackName}-${versionTag || "latest"}-sources.tgz`;
  const pack = packFolderOf(dirname(resolve(to)));
  if (pack !== undefined)
    throw new Error(
      `${resolve(to)} is in the folder of a policy pack, ${pack}, whose next version would have it inside. Name a file elsewhere, such as ../${to}.`,
    );
  if (existsSync(to)) throw new Error(`${to} is there already. Name another file.`);
  await writeWhole(to, Readable.fromWeb(await client.stream(SOURCES, { params })));
  say(`Wrote ${to}.`);
}
