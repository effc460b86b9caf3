import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Description, Step } from "@quillon/bundle";
import type { Client } from "@quillon/contract/client";
import { ApiError } from "@quillon/contract/client";
import { Command } from "commander";
import { signInTo, withSignIn } from "../organization.ts";
import { say } from "../output.ts";
import { publishMetadata } from "../publish-metadata.ts";
import { consoleUrl } from "../session.ts";

interface Options {
  bundle: boolean;
  requireBundled?: true;
}

/** `quillon policy publish`. */
export function publishCommand(): Command {
  return withSignIn(new Command("publish"))
    .description("publish the policy pack in this folder as one bundle, which needs no installing where it is enforced")
    .argument("[org]", "the organization (default: your default one)")
    .option("--no-bundle", "publish the pack as it is, as pulumi policy publish does")
    .option("--require-bundled", "fail when the pack can't be bundled, instead of publishing it as it is")
    .action(publish);
}

const STEPS: Record<Step, string> = {
  resolve: "Looking for what the pack needs",
  types: "Compiling",
  bundle: "Bundling",
  check: "Comparing the bundle with the pack as it is",
};

async function publish(org: string | undefined, options: Options): Promise<void> {
  const directory = packFolder(process.cwd());
  const { client, orgName } = await signInTo(org ? { org } : {});
  const { bundlePack, packAsItIs, problemLine } = await import("@quillon/bundle");
  const onDescribed = (description: Description) => requireNew(client, orgName, description);
  const onStep = (step: Step) => say(`${STEPS[step]} ...`);

  console.log("Obtaining policy metadata from policy plugin");
  const made = options.bundle
    ? await bundlePack({ directory, cache: cacheFolder(), onStep, onDescribed })
    : await packAsItIs({ directory, onDescribed });
  if (made.problems.length > 0) {
    const found = ["The pack can't be one bundle:", ...made.problems.map((problem) => `  ${problemLine(problem)}`)];
    if (options.requireBundled) throw new Error(found.join("\n"));
    say([...found, "It is published as it is, so each machine installs what it needs."].join("\n"));
  }
  console.log("Compressing policy pack");
  console.log("Uploading policy pack to Pulumi service");
  await upload(client, orgName, { ...made, directory });
}

/** The folder of the policy pack that a folder belongs to, as the Pulumi CLI looks for it. */
function packFolder(from: string): string {
  if (existsSync(join(from, "PulumiPolicy.yaml"))) return from;
  const parent = dirname(from);
  if (parent !== from) return packFolder(parent);
  throw new Error(
    "No PulumiPolicy.yaml here or in a folder above. Go to a policy pack's folder, or make one: pulumi policy new.",
  );
}

function cacheFolder(): string {
  return resolve(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "quillon");
}

/** Before the work that is in vain: a version is for ever what was published first. */
async function requireNew(client: Client, orgName: string, { name, versionTag }: Description): Promise<void> {
  const params = { orgName, policyPackName: name, version: versionTag ?? "" };
  const found = await client
    .call("GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}", { params })
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  if (!found) return;
  throw new Error(
    `Version ${versionTag} of policy pack ${name} is published already, and a version never changes. Write another version into package.json.`,
  );
}

async function upload(
  client: Client,
  orgName: string,
  { description, archive, directory }: { description: Description; archive: Buffer; directory: string },
): Promise<void> {
  const { name, versionTag = "" } = description;
  console.log(`Publishing "${name}" - version ${versionTag} to "${orgName}"`);
  const body = { ...description, metadata: await publishMetadata(directory) };
  const reserved = await client.call("POST /api/orgs/{orgName}/policypacks", { params: { orgName }, body });
  const answer = await fetch(reserved.uploadURI, {
    method: "PUT",
    body: new Uint8Array(archive),
    headers: reserved.requiredHeaders ?? {},
  });
  if (!answer.ok) throw new Error(`The policy pack could not be uploaded: ${answer.status} ${await answer.text()}`);
  await client.call("POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete", {
    params: { orgName, policyPackName: name, version: versionTag },
  });
  console.log(`\nPermalink: ${await consoleUrl()}/${orgName}/insights/policypacks/${name}/${versionTag}`);
}
