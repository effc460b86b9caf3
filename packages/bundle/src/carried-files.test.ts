import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { publishedFiles } from "./carried-files.ts";
import { readNodePack } from "./pack.ts";
import { manifest, TestFolder } from "./testing.ts";

const pack = {
  "PulumiPolicy.yaml": "runtime: nodejs\n",
  "package.json": manifest({}),
  "index.js": "",
  "index.js.swp": "",
  "notes.txt": "",
};

async function published(root: Record<string, string>): Promise<string[]> {
  const inside = Object.entries(pack).map(([path, text]) => [`packs/pack/${path}`, text]);
  const folder = new TestFolder({ ...root, ...Object.fromEntries(inside) });
  onTestFinished(() => folder.remove());
  return [...(await publishedFiles(readNodePack(join(folder.directory, "packs/pack")))).keys()];
}

test("in a workspace, what its ignore files and those of folders between leave out is not published", async () => {
  const ignored = { ".gitignore": "*.swp\n", "packs/.gitignore": "notes.txt\n" };
  const workspace = (folders: string[]) => ({ "package.json": JSON.stringify({ name: "all", workspaces: folders }) });
  const all = Object.keys(pack).sort();
  expect(await published({ ...ignored, ...workspace(["packs/*"]) })).toEqual(
    all.slice(0, 1).concat("index.js", "package.json"),
  );
  expect(await published({ ...ignored, ...workspace(["others/*"]) })).toEqual(all);
  expect(await published(ignored)).toEqual(all);
});
