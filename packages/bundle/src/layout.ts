import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BILL_FILE } from "@quillon/contract/bill-of-materials";
import semver from "semver";
import { isMap, parseDocument } from "yaml";
import type { Files } from "./artifact.ts";
import type { Code } from "./bundle-code.ts";
import type { Manifest, NodePack } from "./pack.ts";
import { BOOT_FILE } from "./sdk.ts";

/**
 * The files of a pack that needs no installing. Its one dependency travels inside, so that npm, which the Pulumi CLI calls,
 * finds nothing to do; and it has just what the CLI starts packs with.
 */
export function layout(
  pack: NodePack,
  { code, carried, boot, node, bill }: { code: Code; carried: Files; boot: Uint8Array; node: string; bill: string },
): Map<string, Uint8Array | string> {
  const version = pulumiVersion(pack);
  return new Map<string, Uint8Array | string>([
    ...carried,
    ["PulumiPolicy.yaml", projectFile(pack)],
    [
      "package.json",
      json({
        ...withoutWhatNpmDoes(pack.manifest),
        main: "index.js",
        engines: { node: newer(pack.manifest.engines?.node, node) },
        dependencies: { "@pulumi/pulumi": version },
        bundleDependencies: ["@pulumi/pulumi"],
      }),
    ],
    ["index.js", code.js],
    ["index.js.map", code.map],
    ["node_modules/@pulumi/pulumi/package.json", json({ name: "@pulumi/pulumi", version })],
    [BOOT_FILE, boot],
    [BILL_FILE, bill],
  ]);
}

/** What the pack asks for, unless it would run on an older Node.js than the SDK. */
function newer(own: string | undefined, sdk: string): string {
  const [oldest, needed] = [own, sdk].map((range) =>
    semver.validRange(range) ? semver.minVersion(range as string) : undefined,
  );
  return own && oldest && needed && semver.gte(oldest, needed) ? own : sdk;
}

/** What the author wrote, because policies may read it, without what makes npm or Node.js do something. */
function withoutWhatNpmDoes(manifest: Manifest): object {
  const isLeft = (name: string) =>
    !/dependencies|^(scripts|workspaces|overrides|resolutions|devEngines|packageManager|type)$/i.test(name);
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => isLeft(name)));
}

/** Without what tells the CLI to install with another program than npm, or to start another file. */
function projectFile({ directory }: NodePack): string {
  const document = parseDocument(readFileSync(join(directory, "PulumiPolicy.yaml"), "utf8"));
  document.delete("main");
  const options = document.getIn(["runtime", "options"]);
  if (isMap(options)) {
    options.delete("packagemanager");
    options.delete("typescript");
  }
  return String(document);
}

/** The version that the pack has installed, so that what looks at it sees no other. */
function pulumiVersion({ directory }: NodePack): string {
  try {
    return createRequire(join(directory, "package.json"))("@pulumi/pulumi/package.json").version;
  } catch {
    return "3.0.0";
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
