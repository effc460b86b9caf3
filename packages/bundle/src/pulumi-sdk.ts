import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type { Plugin } from "esbuild";
import type { NodePack } from "./pack.ts";
import { SDK_MODULE } from "./sdk.ts";

/** Folders and files of `@pulumi/pulumi` that only a running program uses. With them a bundle has 10 MB. */
const PARTS = /^(automation|dynamic|provider|proto|cmd|runtime\/closure|typescript-shim|vendor)(\/|\.js$|$)/;

/** What of it a pack's own SDK uses. */
const SPOKEN_PARTS = /^proto\//;
const SPOKEN_PACKAGES = /^(@grpc\/grpc-js|google-protobuf)(\/|$)/;

const GRPC = /[\\/]@grpc[\\/]grpc-js[\\/]/;

/** What `@pulumi/pulumi` imports for the same purposes. */
const PACKAGES =
  /^(@grpc\/grpc-js|@opentelemetry\/|@npmcli\/arborist|google-protobuf|execa|tmp|@logdna\/tail-file|normalize-package-data|fdir|picomatch|typescript$|ts-node)/;

const NAMESPACE = "quillon-left-out";
const ASSETS = /^asset\/(asset|archive)\.js$/;

/**
 * Carries of `@pulumi/pulumi` what policies use: outputs, configuration, assets, types. What needs a running program is left out, and
 * says so when it is called.
 */
export function pulumiSdk({ directory }: NodePack, { keepSdk }: { keepSdk: boolean }): Plugin {
  const own = ownCopy(directory);
  const isLeftOut = (what: RegExp, spoken: RegExp, name: string) => what.test(name) && !(keepSdk && spoken.test(name));
  return {
    name: "pulumi-sdk",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...args }) => {
        const importer = partOf(args.importer);
        if (importer === undefined || pluginData === RESOLVING) return undefined;
        if (isLeftOut(PACKAGES, SPOKEN_PACKAGES, path)) return { path, namespace: NAMESPACE };
        if (!path.startsWith(".")) return undefined;
        const resolved = await build.resolve(path, { ...args, pluginData: RESOLVING });
        const part = partOf(resolved.path);
        return part !== undefined && isLeftOut(PARTS, SPOKEN_PARTS, part)
          ? { path: `@pulumi/pulumi/${part}`, namespace: NAMESPACE }
          : resolved;
      });
      // grpc-js takes it to describe services that nobody asks a pack for, with files beside its own.
      build.onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path, importer }) =>
        GRPC.test(importer) ? { path, namespace: NAMESPACE } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: leftOut(path), loader: "js" }));
      if (keepSdk) return;
      build.onLoad({ filter: /[\\/]@pulumi[\\/]pulumi[\\/]asset[\\/](asset|archive)\.js$/ }, ({ path }) =>
        path.startsWith(own + sep) && ASSETS.test(partOf(path) ?? "")
          ? {
              // The SDK finds these classes by their file, and a bundle has one file.
              contents: `${readFileSync(path, "utf8")}\nrequire("${SDK_MODULE}").useAssetClasses(exports);`,
              loader: "js",
            }
          : undefined,
      );
    },
  };
}

/** The copy that the pack itself gets. A dependency may have another one, whose classes the pack does not compare with. */
function ownCopy(directory: string): string {
  try {
    return dirname(createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/package.json"));
  } catch {
    return directory;
  }
}

const RESOLVING = Symbol("resolving");

/** @returns the path inside of `@pulumi/pulumi`, with slashes, of a file that belongs to it. */
function partOf(file: string): string | undefined {
  const [, part] = /[\\/]node_modules[\\/]@pulumi[\\/]pulumi[\\/](?!.*[\\/]node_modules[\\/])(.*)$/.exec(file) ?? [];
  return part?.split(sep).join("/");
}

/** May be read and used as a key, because modules do that while they load. It fails when it is called or constructed. */
function leftOut(name: string): string {
  const message = `${name} was called, and a bundled policy pack does not carry it, because it needs a running Pulumi program. Publish the pack with --no-bundle, or do without it.`;
  return `
const fail = () => { throw new Error(${JSON.stringify(message)}); };
const get = (target, key) => {
  // With it, what TypeScript puts around imports takes this as it is.
  if (key === "__esModule") return true;
  if (key === Symbol.toPrimitive) return () => ${JSON.stringify(name)};
  return typeof key === "symbol" || key === "prototype" || key === "then" ? target[key] : anything();
};
const anything = () => new Proxy(function () {}, { get, apply: fail, construct: fail });
module.exports = anything();`;
}
