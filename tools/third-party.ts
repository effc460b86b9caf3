import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { inOrder, readPackage } from "../packages/bundle/src/carried-packages.ts";

/** The folders of the packages whose files these are. Our own packages are not in a `node_modules`, or linked there. */
export function installedFolders(files: Iterable<string>): string[] {
  const folders = [...files].flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(folders)];
}

/** The folders of the packages whose code esbuild has put into its files. */
export function bundledFolders({ outputs }: Metafile): string[] {
  return installedFolders(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
}

/** Writes beside built files which packages are in them, with their licences, which most licences ask for. */
export async function writeThirdParty(dist: string, folders: readonly string[]): Promise<void> {
  const sections = inOrder(folders.map(readPackage)).map(({ name, version, license, texts }) =>
    [`## ${name} ${version}`, license ?? "See below.", ...textsOf(Object.values(texts))].join("\n\n"),
  );
  const start = "# Packages that are in these files, in part or in whole";
  await writeFile(join(dist, "THIRD-PARTY.md"), `${[start, ...sections].join("\n\n")}\n`);
}

function textsOf(texts: readonly string[]): string[] {
  return texts.length > 0 ? texts.map(quoted) : ["Its package has no file with the licence's text."];
}

function quoted(text: string): string {
  return text.trim().replaceAll("\r\n", "\n").replace(/^/gm, "    ").replace(/ +$/gm, "");
}
