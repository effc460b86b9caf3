import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Plugin } from "esbuild";
import type { HelperUses } from "../helper-calls.ts";
import type { StandIns } from "./stand-ins.ts";
import { moduleId, RUNTIME, STAND_IN, writeModule } from "./write.ts";

export interface Provider {
  name: string;
  version: string;
  /** Absolute, without symbolic links. */
  folder: string;
}

export interface StandInsOptions {
  describe(provider: Provider): Promise<StandIns>;
  /** The JavaScript of `runtime.ts`. */
  runtime: string;
  /** Where providers are imported. The plugin fills it. */
  uses: HelperUses;
}

const NAMESPACE = "quillon-stand-in";
const FOUND = Symbol("found");

/** How the message begins where there is no stand-in for a file. */
export const NO_STAND_IN = "There is no stand-in for";

/** Puts stand-ins in the place of providers' packages, and of each of their files. */
export function standInsPlugin({ describe, runtime, uses }: StandInsOptions): Plugin {
  return {
    name: "stand-ins",
    setup(build) {
      const providers = new Map<string, Provider>();
      build.onResolve({ filter: new RegExp(`^${STAND_IN}`) }, ({ path }) => ({ path, namespace: NAMESPACE }));
      build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...args }) => {
        if (pluginData === FOUND || /^(node|quillon):/.test(path)) return undefined;
        const resolved = await build.resolve(path, { ...args, pluginData: FOUND });
        const provider = resolved.errors.length === 0 && !resolved.external && providerOf(resolved.path);
        if (!provider) return undefined;
        const standIns = await describe(provider);
        const file = relative(provider.folder, resolved.path).split(sep).join("/");
        const module = standIns.files[file];
        // Beside stand-ins for the rest, the real file would bring other copies of the same classes.
        if (module === undefined && !file.endsWith(".json")) return { errors: [{ text: `${NO_STAND_IN} ${path}` }] };
        if (module === undefined) return resolved;
        const id = `${provider.name}@${provider.version}`;
        providers.set(id, provider);
        uses.standIns[id] = standIns.modules;
        uses.files[args.importer] = { ...uses.files[args.importer], [path]: { provider: id, module } };
        return { path: moduleId(id, module), namespace: NAMESPACE };
      });

      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        if (path === RUNTIME) return { contents: runtime, loader: "js" };
        const [id = ""] = [...providers.keys()].filter((one) => path.startsWith(moduleId(one, "")));
        const provider = providers.get(id) as Provider;
        const module = path.slice(moduleId(id, "").length);
        return { contents: writeModule(id, await describe(provider), module), loader: "js" };
      });
    },
  };
}

const known = new Map<string, Provider | undefined>();

/** The provider's package that a file belongs to, if it does. @param file without symbolic links */
export function providerOf(file: string): Provider | undefined {
  const folder = dirname(file);
  if (!known.has(folder)) known.set(folder, read(folder) ?? (folder === dirname(folder) ? undefined : up(folder)));
  return known.get(folder);
}

/** A package.json without a name only says how the files beside it are to be read. */
const up = (folder: string) => (namesPackage(folder) ? undefined : providerOf(folder));

function read(folder: string): Provider | undefined {
  const { name, version, pulumi } = manifestIn(folder);
  return name && pulumi?.resource === true ? { name, version: version ?? "", folder } : undefined;
}

const namesPackage = (folder: string) => manifestIn(folder).name !== undefined;

function manifestIn(folder: string): { name?: string; version?: string; pulumi?: { resource?: unknown } } {
  const path = join(folder, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}
