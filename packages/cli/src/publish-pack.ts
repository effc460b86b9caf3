import type { Named, Published, Step } from "@quillon/bundle";
import type { BundledSdk } from "@quillon/contract";
import type { Client } from "@quillon/contract/client";
import { ApiError } from "@quillon/contract/client";
import { cacheFolder } from "./folders.ts";
import { say } from "./output.ts";
import { send } from "./send.ts";
import { consoleUrl } from "./session.ts";

const SOURCES = "PUT /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/sources";

const ABSENT = "The pack asks under a condition only for modules that are not there, so its bundle is without them:";

const STEPS: Record<Step, string> = {
  resolve: "Looking for what the pack needs",
  types: "Compiling",
  bundle: "Bundling",
  check: "Comparing the bundle with the pack as it is",
};

export interface MakeOptions {
  /** Absolute path of the pack's folder. */
  directory: string;
  bundle: boolean;
  /** Fails when the pack can't be one bundle. */
  requireBundled?: boolean | undefined;
  /** The versions of Python and the platforms that a pack in Python is made for; none for this machine's. */
  python?: string[] | undefined;
  platform?: string[] | undefined;
  /** Whether a pack in Python is made to run in a virtual environment; or by Node.js without one. */
  venv?: boolean | undefined;
  /** Keeps the pack's own `@pulumi/policy` in the bundle. */
  keepSdk?: boolean | undefined;
}

/** Where a version is published. */
export interface Place {
  client: Client;
  orgName: string;
}

/**
 * Makes the archive of a pack that is new in the organization, and says what happens.
 *
 * @throws Error that says why it can't be published.
 */
export async function makePack(
  place: Place,
  { directory, bundle, requireBundled, keepSdk, python = [], platform = [], venv = true }: MakeOptions,
): Promise<Published> {
  const { bundlePack, bundlePythonPack, packAsItIs, problemLine, pythonPackAsItIs, readProjectFile } = await import(
    "@quillon/bundle"
  );
  const isPython = readProjectFile(directory).runtime === "python";
  if (isPython && keepSdk) throw new Error("--keep-sdk is for packs for Node.js: packs in Python keep their SDK.");
  if (!isPython && python.length + platform.length > 0)
    throw new Error("--python and --platform are for packs in Python: a bundle for Node.js runs on each platform.");
  if (!isPython && !venv) throw new Error("--no-venv is for packs in Python: only they have a virtual environment.");
  if (!bundle && !venv) throw new Error("--no-venv makes a bundle, and --no-bundle none: leave one of them out.");
  const onNamed = (named: Named) =>
    requireNew(place, named, `Write another version into ${isPython ? "PulumiPolicy.yaml" : "package.json"}.`);
  const onStep = (step: Step) => say(`${STEPS[step]} ...`);
  console.log("Obtaining policy metadata from policy plugin");
  if (!bundle) return (isPython ? pythonPackAsItIs : packAsItIs)({ directory, onNamed });
  const made = isPython
    ? await bundlePythonPack({ directory, wanted: { python, platform }, venv, onStep, onNamed })
    : await bundlePack({ directory, cache: cacheFolder(), keepSdk, onStep, onNamed });
  const { absent = [] } = made;
  if (absent.length > 0) say([ABSENT, ...absent.map((one) => `  ${problemLine(one)}`)].join("\n"));
  if (made.problems.length === 0) return made;
  const found = ["The pack can't be one bundle:", ...made.problems.map((problem) => `  ${problemLine(problem)}`)];
  if (requireBundled) throw new Error(found.join("\n"));
  say([...found, "It is published as it is, so each machine installs what it needs."].join("\n"));
  return made;
}

/** Publishes what was made, and prints its address. */
export async function uploadPack(
  { client, orgName }: Place,
  { description, archive, sources, sdk, targets }: Published,
  metadata: Record<string, string>,
): Promise<void> {
  const { name, versionTag = "" } = description;
  if (sdk) say(sdkSentence(sdk));
  if (targets) say(targetsSentence(targets));
  console.log("Compressing policy pack");
  console.log("Uploading policy pack to Quillon");
  console.log(`Publishing "${name}" - version ${versionTag} to "${orgName}"`);
  const body = { ...description, metadata };
  const reserved = await client.call("POST /api/orgs/{orgName}/policypacks", { params: { orgName }, body });
  const answer = await send(reserved.uploadURI, {
    method: "PUT",
    body: new Uint8Array(archive),
    headers: reserved.requiredHeaders ?? {},
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`The policy pack could not be uploaded: ${answer.status} ${said}`);
  const params = { orgName, policyPackName: name, version: versionTag };
  if (sources) await client.upload(SOURCES, { params, bytes: new Uint8Array(sources) });
  await client.call("POST /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}/complete", { params });
  console.log(`Published as version ${versionTag}`);
  console.log(`\nPermalink: ${await consoleUrl()}/${orgName}/insights/policypacks/${name}/${versionTag}`);
  say(
    `Policy groups that follow the pack have it now. For others: quillon policy enable ${orgName}/${name} ${versionTag}`,
  );
}

function sdkSentence({ name, version, replaces }: BundledSdk): string {
  return `The bundle runs on ${name}@${version}${replaces ? ` in the place of ${replaces}` : ""}.`;
}

function targetsSentence(targets: NonNullable<Published["targets"]>): string {
  const named = (key: "python" | "platform") => [...new Set(targets.map((target) => target[key]))].join(" or ");
  return `For Python ${named("python")} on ${named("platform")}; others by --python and --platform.`;
}

/** Before the work that is in vain. @throws Error also when the server is not there, or has no such organization for the caller. */
export async function requireMayPublish({ client, orgName }: Place): Promise<void> {
  const { organizations } = await client.call("GET /api/quillon/session", {});
  const role = organizations.find(({ name }) => name === orgName)?.role;
  if (role === "member")
    throw new Error(
      `You are a member of ${orgName}, and publishing policy packs needs the role policy-manager or admin.`,
    );
  // The server says what is wrong.
  if (role === undefined) await client.call("GET /api/quillon/orgs/{orgName}", { params: { orgName } });
}

/** Before the work that is in vain: a version is for ever what was published first. @param otherwise what to do then. */
export async function requireNew(
  { client, orgName }: Place,
  { name, versionTag }: Named,
  otherwise: string,
): Promise<void> {
  const params = { orgName, policyPackName: name, version: versionTag ?? "" };
  const found = await client
    .call("GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}", { params })
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  // A version is also found by its number.
  if (found?.versionTag !== versionTag) return;
  throw new Error(
    `Version ${versionTag} of policy pack ${name} is published already, and a version never changes. ${otherwise}`,
  );
}
