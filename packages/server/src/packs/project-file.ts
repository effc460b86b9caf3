import { newError } from "@quillon/contract";
import { nodeInstaller } from "@quillon/contract/installers";
import { isObject } from "../json/is-object.ts";
import { AmbiguousYaml, readPlainYaml } from "./plain-yaml.ts";

/** Where the CLI looks for it in an archive. */
export const PROJECT_FILE = "package/PulumiPolicy.yaml";
/** In bytes. The file has seven fields. */
export const LARGEST_PROJECT_FILE = 8 * 1024;

/** What runs a pack, and how it is told to. */
export interface Runtime {
  name: string;
  options: Readonly<Record<string, unknown>>;
}

/** Which program installs the packages of a Node.js or Bun pack. */
export function managerOf({ name, options }: Runtime): string {
  return nodeInstaller(name === "bun" ? "bun" : options.packagemanager);
}

/** Fields that the CLI reads as texts, and gives up when it can't. */
const TEXTS = ["version", "main", "description", "author", "website", "license"];

/**
 * Reads PulumiPolicy.yaml as the CLI does: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L1327
 *
 * @throws archive_invalid when the CLI would not load it.
 */
export function readRuntime(text: string): Runtime {
  const project = readYaml(text) ?? {};
  const { runtime } = project;
  const { name, options } = isObject(runtime) ? runtime : { name: runtime, options: undefined };
  if ((typeof name !== "string" && typeof name !== "number") || name === "") {
    throw newError("archive_invalid", { problem: "no_runtime", file: PROJECT_FILE });
  }
  for (const field of TEXTS) if (typeof (project[field] ?? "") === "object") throw refuse(field, "a text");
  if (!isObject(options ?? {})) throw refuse("runtime.options", "an object");
  return { name: String(name), options: isObject(options) ? options : {} };
}

function refuse(field: string, kind: string) {
  return newError("archive_invalid", { problem: "project_field", file: PROJECT_FILE, field, kind });
}

function readYaml(text: string): Record<string, unknown> | undefined {
  try {
    const value = readPlainYaml(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    const [found = ""] = (error as Error).message.split("\n");
    const problem = error instanceof AmbiguousYaml ? "ambiguous_yaml" : "not_yaml";
    throw newError("archive_invalid", { problem, file: PROJECT_FILE, found });
  }
}
