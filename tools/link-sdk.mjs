// Puts the built @quillon/policy into a pack: `npm run link-sdk -- DIR`. No registry has the package, so it goes into the pack's
// node_modules and is named in `dependencies` and `bundleDependencies`, which makes `npm pack`, and with it
// `pulumi policy publish`, take it along.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "@quillon/policy";

/** Throws `Error` when the SDK is not built, or `directory` is no pack. */
export function linkSdk(directory, built = fileURLToPath(new URL("../packages/sdk/dist", import.meta.url))) {
  if (!existsSync(join(built, "package.json"))) throw new Error("The SDK is not built. Run: npm run build");
  const path = join(directory, "package.json");
  if (!existsSync(path))
    throw new Error(`${directory} is no pack: it has no package.json. Run \`npm init\` there first.`);
  const text = readFileSync(path, "utf8");
  const manifest = JSON.parse(text);
  const { version } = JSON.parse(readFileSync(join(built, "package.json"), "utf8"));

  const target = join(directory, "node_modules", NAME);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(built, target, { recursive: true });

  manifest.dependencies = { ...manifest.dependencies, [NAME]: version };
  manifest.bundleDependencies = [
    ...new Set([...(manifest.bundleDependencies ?? manifest.bundledDependencies ?? []), NAME]),
  ];
  delete manifest.bundledDependencies;
  const indent = /\n([ \t]+)/.exec(text)?.[1] ?? "  ";
  writeFileSync(path, `${JSON.stringify(manifest, null, indent)}\n`);
  return { target, version };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { target, version } = linkSdk(resolve(process.argv[2] ?? "."));
    console.log(`${NAME} ${version} is in ${target}, and goes along when the pack is published.`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
