import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import type { Files } from "./artifact.ts";
import type { Code } from "./bundle-code.ts";
import type { NodePack } from "./pack.ts";
import { BOOT_FILE } from "./sdk.ts";

/**
 * The files of a pack that needs no installing. Its one dependency travels inside, so that npm, which the Pulumi CLI calls,
 * finds nothing to do; and it has just what the CLI starts packs with.
 */
export function layout(
  pack: NodePack,
  { code, carried, boot }: { code: Code; carried: Files; boot: Uint8Array },
): Map<string, Uint8Array | string> {
  const version = pulumiVersion(pack);
  const { name, description } = pack.manifest;
  return new Map<string, Uint8Array | string>([
    ...carried,
    ["PulumiPolicy.yaml", projectFile(pack)],
    [
      "package.json",
      json({
        name,
        version: pack.version,
        description,
        main: "index.js",
        dependencies: { "@pulumi/pulumi": version },
        bundleDependencies: ["@pulumi/pulumi"],
      }),
    ],
    ["index.js", code.js],
    ["index.js.map", code.map],
    ["node_modules/@pulumi/pulumi/package.json", json({ name: "@pulumi/pulumi", version })],
    [BOOT_FILE, boot],
  ]);
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
