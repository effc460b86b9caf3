import { createRequire } from "node:module";
import { join, sep } from "node:path";

/**
 * Assets and archives as policies see them: the classes of the pack's own `@pulumi/pulumi` when it has loaded one, so that
 * `instanceof` holds; otherwise stand-ins of the same shape, which `Asset.isInstance` accepts. Nothing here ever loads it.
 */

/** An asset or archive as it is on the wire; exactly one of the contents is set. */
export type AssetContent =
  | { kind: "FileAsset"; path: string }
  | { kind: "StringAsset"; text: string }
  | { kind: "RemoteAsset"; uri: string }
  | { kind: "FileArchive"; path: string }
  | { kind: "RemoteArchive"; uri: string }
  | { kind: "AssetArchive"; assets: Record<string, AssetContent> };

export type AssetKind = AssetContent["kind"];
type AssetClasses = Record<AssetKind, new (content: never) => object>;

/** The field that holds an asset's content, by class name. */
const CONTENT: Record<AssetKind, "path" | "text" | "uri" | "assets"> = {
  FileAsset: "path",
  StringAsset: "text",
  RemoteAsset: "uri",
  FileArchive: "path",
  RemoteArchive: "uri",
  AssetArchive: "assets",
};

/** Makes the object a policy gets to see. */
export function createAsset(content: AssetContent): object {
  const make = (classes: AssetClasses, asset: AssetContent): object => {
    const inner =
      asset.kind === "AssetArchive"
        ? mapValues(asset.assets, (member) => make(classes, member))
        : (asset as unknown as Record<string, string>)[CONTENT[asset.kind]];
    return new classes[asset.kind](inner as never);
  };
  return make(loadedClasses() ?? STAND_INS, content);
}

/**
 * What kind of asset an object is, whichever SDK made it; `undefined` for anything else. It is known by its mark and its class name, as
 * there may be several copies of `@pulumi/pulumi` in the process.
 */
export function assetKind(value: object): AssetKind | undefined {
  const marked = value as { __pulumiAsset?: unknown; __pulumiArchive?: unknown };
  if (marked.__pulumiAsset !== true && marked.__pulumiArchive !== true) return undefined;
  for (let at = Object.getPrototypeOf(value); at; at = Object.getPrototypeOf(at)) {
    const name = at.constructor?.name as string;
    if (Object.hasOwn(CONTENT, name)) return name as AssetKind;
  }
  return Object.keys(CONTENT).find((kind) => CONTENT[kind as AssetKind] in value) as AssetKind | undefined;
}

/** An asset's content and the name it goes by: a string, for an archive of assets a map of them; or a promise of either. */
export function assetContent(value: object, kind: AssetKind): [field: string, content: unknown] {
  return [CONTENT[kind], (value as Record<string, unknown>)[CONTENT[kind]]];
}

const require = createRequire(join(process.cwd(), "package.json"));
const PULUMI = join("@pulumi", "pulumi");

const carried: Partial<AssetClasses> = {};

/** A bundled pack carries the classes inside its one file, so it gives them here when it loads them. */
export function useAssetClasses(exports: Partial<AssetClasses>): void {
  for (const kind of Object.keys(CONTENT) as AssetKind[]) if (exports[kind]) carried[kind] = exports[kind];
}

/** The copy that the pack itself would get, else whichever was loaded first. */
function loadedClasses(): AssetClasses | undefined {
  if (carried.FileAsset && carried.FileArchive) return carried as AssetClasses;
  const loaded = (part: string) => {
    const end = `${sep}${join(PULUMI, "asset", part)}`;
    const paths = Object.keys(require.cache).filter((path) => path.endsWith(end));
    return paths.length > 1 ? (paths.find((path) => path === resolved(part)) ?? paths[0]) : paths[0];
  };
  const asset = loaded("asset.js");
  const archive = loaded("archive.js");
  if (!asset || !archive) return undefined;
  return { ...require.cache[asset]?.exports, ...require.cache[archive]?.exports };
}

function resolved(part: string): string | undefined {
  try {
    return require.resolve(`@pulumi/pulumi/asset/${part}`);
  } catch {
    return undefined;
  }
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** As in `@pulumi/pulumi`, the content is behind a promise, and the mark is what its `isInstance` looks for. */
function standIn(kind: AssetKind): new (content: never) => object {
  const mark = kind.endsWith("Archive") ? "__pulumiArchive" : "__pulumiAsset";
  const named = {
    [kind]: class {
      constructor(content: never) {
        Object.assign(this, { [mark]: true, [CONTENT[kind]]: Promise.resolve(content) });
      }
    },
  };
  return named[kind] as new (
    content: never,
  ) => object;
}

const STAND_INS = Object.fromEntries(
  Object.keys(CONTENT).map((kind) => [kind, standIn(kind as AssetKind)]),
) as unknown as AssetClasses;
