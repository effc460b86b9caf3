import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Plugin } from "esbuild";
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
}

const NAMESPACE = "quillon-stand-in";
const FOUND = Symbol("found");

/** Puts stand-ins in the place of providers' packages, and of each of their files. */
export function standInsPlugin({ describe, runtime }: StandInsOptions): Plugin {
  return {
    name: "stand-ins",
    setup(build) {
      const described = new Map<string, Promise<StandIns>>();
      const providers = new Map<string, Provider>();
      const standInsOf = (provider: Provider) => {
        const found = described.get(provider.folder) ?? describe(provider);
        described.set(provider.folder, found);
        return found;
      };

      build.onResolve({ filter: new RegExp(`^${STAND_IN}`) }, ({ path }) => ({ path, namespace: NAMESPACE }));
      build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...args }) => {
        if (pluginData === FOUND || /^(node|quillon):/.test(path)) return undefined;
        const resolved = await build.resolve(path, { ...args, pluginData: FOUND });
        const provider = resolved.errors.length === 0 && !resolved.external && providerOf(resolved.path);
        if (!provider) return undefined;
        const standIns = await standInsOf(provider);
        const module = standIns.files[relative(provider.folder, resolved.path).split(sep).join("/")];
        if (module === undefined) return resolved;
        providers.set(provider.name, provider);
        return { path: moduleId(provider.name, module), namespace: NAMESPACE };
      });

      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        if (path === RUNTIME) return { contents: runtime, loader: "js" };
        const [, , of = "", ...module] = path.split(":");
        const provider = providers.get(of) as Provider;
        return { contents: writeModule(of, await standInsOf(provider), module.join(":")), loader: "js" };
      });
    },
  };
}

const known = new Map<string, Provider | undefined>();

/** The provider's package that a file belongs to, if it does. */
export function providerOf(file: string): Provider | undefined {
  const [, folder] = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file) ?? [];
  if (!folder) return undefined;
  if (!known.has(folder)) known.set(folder, read(folder));
  return known.get(folder);
}

function read(folder: string): Provider | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  const { name, version, pulumi } = JSON.parse(readFileSync(path, "utf8"));
  return pulumi?.resource === true ? { name, version, folder: dirname(realpathSync(path)) } : undefined;
}
