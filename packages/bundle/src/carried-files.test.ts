import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { carriedFiles, publishedFiles, refuseSecrets } from "./carried-files.ts";
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

test.each<[boolean, string, string]>([
  [true, ".npmrc", "fund=false"],
  [true, "bin/.env", ""],
  [true, ".yarnrc", ""],
  [true, ".yarnrc.yml", "nodeLinker: node-modules\nnpmAuthToken: secret\n"],
  [true, ".yarnrc.yml", 'npmScopes:\n  acme: { npmAuthIdent: "ada:secret" }\n'],
  [true, ".yarnrc.yml", "npmRegistryServer: https://ada:secret@registry.example.com\n"],
  [false, ".yarnrc.yml", "nodeLinker: node-modules\nnpmRegistryServer: https://registry.example.com/@acme\n"],
  [false, ".env.example", "TOKEN="],
])("%s, a file may have secrets: %s with %j", (wanted, path, content) => {
  const refuse = () => refuseSecrets(new Map([[path, Buffer.from(content)]]), ".gitignore");
  if (wanted) expect(refuse).toThrow(`${path} would be published`);
  else expect(refuse).not.toThrow();
});

test("a bundle has nothing that only programs which install have use for", () => {
  const paths = [".yarnrc.yml", ".yarn/releases/yarn.cjs", ".pnp.cjs", "pnpm-lock.yaml", "yarn.txt", "a.json", "a.js"];
  const published = new Map(paths.map((path) => [path, Buffer.from("")]));
  expect([...carriedFiles(published, new Set(["a.js", "a.json"])).keys()]).toEqual(["yarn.txt", "a.json"]);
});
