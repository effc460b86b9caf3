// Run as a process of its own, `node describe.js FOLDER FILE`, because it loads the whole of a provider's package: writes into
// FILE what the stand-ins of the package in FOLDER are.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { readConfigGetter, recordConfig } from "./config-getter.ts";
import { configReadOnce } from "./config-read-once.ts";
import type { Member, StandIns } from "./stand-ins.ts";

const [folder = "", out = ""] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));

/** By an object of the package, where its stand-in is. */
const places = new Map<unknown, [module: string, name: string]>();
/** By an object with exports, its module. */
const modules = new Map<object, string>();
const described: StandIns["modules"] = {};
/** The path of the file that has exports. */
const paths = new Map<object, string>();

function main(): void {
  const { main: entry = "index.js" } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  recordConfig(require);
  const root = require(join(folder, entry));
  rememberPaths();
  describeModule(root, "");
  // Looking at it has loaded the rest.
  rememberPaths();
  const files: StandIns["files"] = {};
  for (const [exports, path] of paths) {
    const file = relative(folder, path).split(sep).join("/");
    files[file] = describeModule(exports, `file:${file}`);
  }
  writeFileSync(out, JSON.stringify({ modules: described, files } satisfies StandIns));
}

function rememberPaths(): void {
  for (const path of Object.keys(require.cache)) {
    if (!path.startsWith(folder + sep) || path.includes(`${sep}node_modules${sep}`, folder.length)) continue;
    const { exports } = require.cache[path] as NodeJS.Module;
    if (exports !== null && typeof exports === "object" && !paths.has(exports)) paths.set(exports, path);
  }
}

/** @returns the module's name: what it was given first. */
function describeModule(exports: object, name: string): string {
  const known = modules.get(exports);
  if (known !== undefined) return known;
  modules.set(exports, name);
  const members: Record<string, Member> = {};
  described[name] = members;
  const path = paths.get(exports);
  const configs = path === undefined ? {} : configReadOnce(readFileSync(path, "utf8"), exports);
  for (const key of Object.keys(exports)) {
    const config = configs[key];
    if (key !== "__esModule") members[key] = config ? { config } : describeMember(exports, key, name);
  }
  return name;
}

function describeMember(exports: object, key: string, module: string): Member {
  const config = readConfigGetter(exports, key);
  if (config) return { config };
  let value: unknown;
  try {
    value = (exports as Record<string, unknown>)[key];
  } catch (error) {
    // Its first line, because what follows names folders of this machine.
    return { throws: String((error as Error).message).split("\n", 1)[0] ?? "" };
  }
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return value === undefined ? { missing: true } : { value };
  }
  const place = places.get(value);
  if (place) return { same: place };
  if (typeof value === "object" && !isNamespace(value) && isPlain(value)) {
    places.set(value, [module, key]);
    return { value };
  }
  if (typeof value === "object") return { module: describeModule(value, module ? `${module}.${key}` : key) };
  places.set(value, [module, key]);
  return describeFunction(value as Described);
}

interface Described {
  (): unknown;
  __pulumiType?: unknown;
  isInstance?: unknown;
  prototype?: object;
}

function describeFunction(value: Described): Member {
  const { __pulumiType: token } = value;
  if (typeof token !== "string") {
    return { helper: { name: value.name, ...statics(value) } };
  }
  return { resource: { name: value.name, token, instance: instanceToken(value, token), ...statics(value) } };
}

/** What `isInstance` looks for. A provider's is not its own token. */
function instanceToken(value: Described, token: string): string | undefined {
  const answers = (type: string) => {
    try {
      return (
        (value.isInstance as (resource: object) => unknown)({ __pulumiType: type, __pulumiResource: true }) === true
      );
    } catch {
      return false;
    }
  };
  if (typeof value.isInstance !== "function") return undefined;
  return [token, `pulumi:providers:${token}`].find(answers);
}

function statics(value: Described): { statics?: Record<string, unknown> } {
  const own = Object.entries(value).filter(([key, of]) => key !== "__pulumiType" && of !== undefined && isPlain(of));
  return own.length > 0 ? { statics: Object.fromEntries(own) } : {};
}

/** Whether something has a value of its own for every reader: a text, a number, an enum. */
function isPlain(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return value.every(isPlain);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain);
}

/** Whether something has the exports of a file. An enum is one of them and a module has many, or none at all. */
function isNamespace(value: object): boolean {
  return Object.hasOwn(value, "__esModule");
}

main();
// A package may have begun something that goes on.
process.exit();
