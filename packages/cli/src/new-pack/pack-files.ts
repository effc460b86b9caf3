import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { pythonInstaller } from "@quillon/contract/installers";
import { parseDocument } from "../yaml.ts";
import type { Template } from "./find-template.ts";

/** What a file of a new pack holds, by its path, with slashes. */
export type PackFiles = Map<string, { content: Buffer; mode: number }>;

/** What `npm install` takes. */
export interface Sdk {
  file: string;
  content: Buffer;
}

/** Made where it is, and never part of a template. */
const LEFT_OUT = new Set([".git", "node_modules", "venv", ".venv", "__pycache__"]);

/** https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/templates.go */
const PROJECT = /\$\{PROJECT\}/g;
/** Of a pack, nobody is asked for one. */
const DESCRIPTION = /\$\{DESCRIPTION\}/g;

const SDK = "@quillon/policy";

/**
 * The files of a new pack. `${PROJECT}` in a template is the pack's name, and `${DESCRIPTION}` is empty. Where it asks for `@quillon/policy`, the pack gets that as a file,
 * because no registry has it.
 *
 * @param name see `packNameOf`
 * @param sdk the packed SDK
 * @throws Error when the template can't be copied.
 */
export function packFilesOf(template: Template, name: string, sdk: () => Sdk): PackFiles {
  const files: PackFiles = new Map();
  for (const path of pathsIn(template.directory)) {
    const from = join(template.directory, path);
    // npm leaves a .gitignore out of what it packs, and this program is packed by npm.
    const to = template.ours && path === "gitignore" ? ".gitignore" : path.split(sep).join("/");
    files.set(to, { content: named(readFileSync(from), name), mode: statSync(from).mode & 0o777 });
  }
  changeText(files, "package.json", (text) => withSdk(text, files, sdk));
  changeText(files, "PulumiPolicy.yaml", (text) => withEnvironment(text, (file) => files.has(file)));
  return files;
}

/** A pack is named after its folder. @param fallback where the folder's name has nothing that a pack's may have */
export function packNameOf(directory: string, fallback: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-");
  return name.replace(/^[._-]+|(?<![._-])[._-]+$/g, "").slice(0, 100) || fallback;
}

/** The name that a pack's code gives it, where the code is as simple as most is. A copy of a pack keeps it, whatever its folder is named. */
export function nameInCode(files: PackFiles): string | undefined {
  for (const [path, { content }] of files) {
    if (!/\.([cm]?[jt]s|py)$/.test(path)) continue;
    const [, name] = /\bPolicyPack\(\s*(?:name\s*=\s*)?["'`]([\w.-]+)["'`]/.exec(content.toString("utf8")) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}

function pathsIn(root: string, folder = root): string[] {
  return readdirSync(folder)
    .filter((name) => !LEFT_OUT.has(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const entry = lstatSync(path);
      if (entry.isDirectory()) return pathsIn(root, path);
      if (entry.isFile()) return [relative(root, path)];
      throw new Error(
        `${relative(root, path)} in the template is no file and no folder, so it can't be copied. Take it out.`,
      );
    });
}

function named(content: Buffer, name: string): Buffer {
  if (content.includes(0)) return content;
  const text = content.toString("latin1").replace(PROJECT, name).replace(DESCRIPTION, "");
  return Buffer.from(text, "latin1");
}

function changeText(files: PackFiles, path: string, change: (text: string) => string): void {
  const file = files.get(path);
  if (!file) return;
  try {
    files.set(path, { ...file, content: Buffer.from(change(file.content.toString("utf8"))) });
  } catch (error) {
    throw new Error(`${path} of the template can't be read: ${(error as Error).message}`);
  }
}

function withSdk(text: string, files: PackFiles, sdk: () => Sdk): string {
  const manifest = JSON.parse(text);
  const asking = ["dependencies", "devDependencies"].filter((kind) => {
    const from = manifest[kind]?.[SDK];
    return typeof from === "string" && !(from.startsWith("file:") && files.has(from.slice(5).replace(/^\.\//, "")));
  });
  if (asking.length === 0) return text;
  const { file, content } = sdk();
  files.set(file, { content, mode: 0o644 });
  for (const kind of asking) manifest[kind][SDK] = `file:${file}`;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** As the Pulumi CLI does with every new pack: https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/cmd/pulumi/policy/policy_new.go#L187 */
function withEnvironment(text: string, has: (file: string) => boolean): string {
  const document = parseDocument(text);
  if (document.errors[0]) throw document.errors[0];
  const { runtime } = document.toJS() ?? {};
  const { name = runtime, options = {} } = typeof runtime === "object" && runtime ? runtime : {};
  if (name !== "python" || options.virtualenv || pythonInstaller(options.toolchain, has) !== "pip") return text;
  document.set("runtime", { name, options: { ...options, virtualenv: "venv" } });
  return document.toString();
}
