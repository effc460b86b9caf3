import { buffer } from "node:stream/consumers";
import { Command } from "commander";
import { signInTo, withSignIn } from "../organization.ts";
import { confirm, say } from "../output.ts";
import { makePack, type Place, requireMayPublish, requireNew, uploadPack } from "../publish-pack.ts";
import { send } from "../send.ts";

const VERSION = "GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}";

/** `quillon policy bundle`. */
export function bundleCommand(): Command {
  return withSignIn(new Command("bundle"))
    .description("publish a version of a policy pack again, as one bundle: a new version, made on this machine")
    .argument(
      "<version>",
      "ORG/PACK@VERSION, or PACK@VERSION in your default organization; without @VERSION the latest",
    )
    .option("--as <version>", "the version of the bundle (default: VERSION-bundled)")
    .option("-y, --yes", "ask nothing")
    .addHelpText(
      "after",
      `
Runs the pack's code on this machine, as publishing it does, but no script of its dependencies.`,
    )
    .action(bundleVersion);
}

async function bundleVersion(text: string, options: { as?: string; yes?: true }): Promise<void> {
  const { org, pack, version } = parse(text);
  const place = await signInTo(org ? { org } : {});
  await requireMayPublish(place);
  const params = { orgName: place.orgName, policyPackName: pack, version };
  const found = await place.client.call(VERSION, { params });
  const from = found.versionTag || String(found.version);
  const as = options.as ?? `${from}-bundled`;
  await requireNew(place, { name: pack, versionTag: as }, "Name another one with --as.");
  await confirmNewest(place, found, options.yes);
  const archive = await download(place, { ...params, version: String(found.version) });
  const { inTemporaryFolder, unpackPublished } = await import("@quillon/bundle");
  await inTemporaryFolder("quillon-pack-", async (directory) => {
    say("Installing what the pack needs ...");
    await unpackPublished(archive, directory, as);
    const made = await makePack(place, { directory, bundle: true, requireBundled: true });
    await uploadPack(place, made, { ...found.metadata, "quillon.bundledFrom": from });
  });
}

/** What is published last is the newest version, and policy groups that follow the pack get it. */
async function confirmNewest(
  { client, orgName }: Place,
  found: { name: string; version: number; versionTag: string },
  yes: boolean | undefined,
): Promise<void> {
  const newest = await client.call(VERSION, { params: { orgName, policyPackName: found.name, version: "latest" } });
  if (newest.version === found.version) return;
  const [before, after] = [newest, found].map(({ version, versionTag }) => versionTag || String(version));
  const what = `Version ${before} is newer than ${after}, and policy groups that follow ${found.name} will get the bundle of ${after} in its place.`;
  await confirm(yes, `${what} Publish it?`, `${what} Publish it with --yes if that is wanted.`);
}

function parse(text: string): { org: string | undefined; pack: string; version: string } {
  const [, org, pack, version = "latest"] = /^(?:([^/@]+)\/)?([^/@]+)(?:@([^/@]+))?$/.exec(text) ?? [];
  if (pack === undefined)
    throw new Error(`${text} is not ORG/PACK@VERSION. Name a version, such as acme/aws-rules@1.2.0.`);
  return { org, pack, version };
}

async function download(
  { client }: Place,
  params: { orgName: string; policyPackName: string; version: string },
): Promise<Uint8Array> {
  const route = "GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/archive";
  const { url } = await client.call(route, { params });
  const answer = await send(url, { method: "GET", headers: {} });
  if (!answer.ok) throw new Error(`The policy pack could not be downloaded: ${answer.status} ${await answer.text()}`);
  return answer.body ? buffer(answer.body) : new Uint8Array();
}
