import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import { readArchive } from "./artifact.ts";
import { bundlePack, problemLine } from "./index.ts";

const modules = join(import.meta.dirname, "../../../node_modules");

/** A new folder with files. */
export class TestFolder {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "quillon-pack-")));

  constructor(files: Record<string, string | Uint8Array>) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, path)), { recursive: true });
      writeFileSync(join(this.directory, path), text);
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** The files of an artifact, with `package/` before their names. */
export async function unpack(archive: Buffer): Promise<Map<string, string>> {
  const files = await readArchive(archive);
  return new Map([...files].map(([path, { content }]) => [`package/${path}`, content.toString()]));
}

/** Which files of an artifact are programs. */
export async function programsIn(archive: Buffer): Promise<string[]> {
  return [...(await readArchive(archive))].flatMap(([path, { isProgram }]) => (isProgram ? [`package/${path}`] : []));
}

/** A policy pack that has the SDKs installed, and folders elsewhere that are linked, by name. */
export function testPack(files: Record<string, string>, linked: Record<string, string> = {}): TestFolder {
  const pack = new TestFolder({ "PulumiPolicy.yaml": "runtime: nodejs\n", "package.json": manifest({}), ...files });
  const sdks = ["@pulumi/pulumi", "@pulumi/policy", "typescript"].map((name) => [name, join(modules, name)] as const);
  for (const [name, folder] of [...sdks, ...Object.entries(linked)]) {
    const path = join(pack.directory, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(folder, path);
  }
  return pack;
}

/** The packs of a test file: each is removed after its test, and what is known of providers after all. */
export function packsInTests() {
  const cache = mkdtempSync(join(tmpdir(), "quillon-cache-"));
  const packs: TestFolder[] = [];
  afterAll(() => rmSync(cache, { recursive: true }));
  afterEach(() => {
    for (const pack of packs.splice(0)) pack.remove();
  });
  const lay = (...of: Parameters<typeof testPack>) => {
    const pack = testPack(...of);
    packs.push(pack);
    return pack;
  };
  const bundle = async (
    files: Record<string, string>,
    linked?: Record<string, string>,
    options: { keepSdk?: boolean } = {},
  ) => {
    const { directory } = lay(files, linked);
    return { ...(await bundlePack({ directory, cache, ...options })), directory };
  };
  /** What the pack of `telling` says, bundled. It says the same as it is, because else it is refused. */
  const told = async (files: Record<string, string>): Promise<unknown> => {
    const { description, problems } = await bundle(files);
    expect(problems.map(problemLine)).toEqual([]);
    return JSON.parse(description.policies[0]?.description ?? "");
  };
  return { cache, lay, bundle, told };
}

export function manifest(more: object): string {
  return JSON.stringify({ name: "pack", version: "1.2.3", ...more });
}

/** A pack in JavaScript whose one policy has what an expression gives as its description. */
export function telling(expression: string, before = ""): string {
  return `const { PolicyPack } = require("@pulumi/policy");
${before}
new PolicyPack("pack", { policies: [{
  name: "tells", enforcementLevel: "advisory", description: JSON.stringify(${expression}), validateResource: () => {},
}] });`;
}

/** A provider's package as Pulumi generates them, with the parts that packs use. */
export const pets: Record<string, string> = {
  "node_modules/@acme/pets/package.json": JSON.stringify({
    name: "@acme/pets",
    version: "1.0.0",
    main: "index.js",
    pulumi: { resource: true, name: "pets" },
  }),
  "node_modules/@acme/pets/index.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
Object.defineProperty(exports, "Provider", { enumerable: true, get: () => require("./provider").Provider });
exports.index = require("./index/index.js");
exports.types = require("./types/index.js");
exports.config = require("./config.js");
require("node:fs").readFileSync(__dirname + "/heavy.txt");`,
  "node_modules/@acme/pets/heavy.txt": "what is only loaded where the package is installed",
  "node_modules/@acme/pets/provider.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const pulumi = require("@pulumi/pulumi");
class Provider extends pulumi.ProviderResource {
  static isInstance(one) { return one !== undefined && one !== null && one["__pulumiType"] === "pulumi:providers:" + Provider.__pulumiType; }
}
Provider.__pulumiType = "pets";
exports.Provider = Provider;`,
  "node_modules/@acme/pets/index/index.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Dog = require("./dog").Dog;
exports.getDog = () => require("@pulumi/pulumi").runtime.invoke("pets:index/getDog:getDog", {});
exports.nameFor = (owner) => owner + "'s dog";
exports.Kennel = class Kennel {};
exports.Kennel.places = 3;
exports.Size = { Small: "small", Large: "large" };`,
  "node_modules/@acme/pets/index/dog.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const pulumi = require("@pulumi/pulumi");
class Dog extends pulumi.CustomResource {
  static isInstance(one) { return one !== undefined && one !== null && one["__pulumiType"] === Dog.__pulumiType; }
}
Dog.__pulumiType = "pets:index/dog:Dog";
exports.Dog = Dog;`,
  "node_modules/@acme/pets/types/index.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.enums = require("./enums.js");`,
  "node_modules/@acme/pets/types/enums.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Colour = { Black: "black" };`,
  "node_modules/@acme/pets/config.js": `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const pulumi = require("@pulumi/pulumi");
const utilities = { getEnv: (...names) => names.map((name) => process.env[name]).find(Boolean) };
let __config = new pulumi.Config("pets");
Object.defineProperty(exports, "owner", { enumerable: true, get() { return __config.get("owner") ?? process.env.PETS_OWNER; } });
Object.defineProperty(exports, "many", { enumerable: true, get() { return __config.getNumber("many") ?? 2; } });
exports.tail = __config.get("tail") || utilities.getEnv("PETS_TAIL", "PETS_END");
exports.legs = __config.getObject("legs");
exports.ears = __config.getObject("ears") || 2;
exports.fur = __config.get("fur");
exports.tame = __config.getObject("tame") || true;
exports.eager = process.env.PETS_TOKEN;`,
};
