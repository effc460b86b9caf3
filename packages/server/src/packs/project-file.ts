import { newError } from "@quillon/contract";
import { parseAllDocuments } from "yaml";
import { isObject } from "../json/is-object.ts";

/** Where the CLI looks for it in an archive. */
export const PROJECT_FILE = "package/PulumiPolicy.yaml";

/** What runs a pack, and how it is told to. */
export interface Runtime {
  name: string;
  options: Readonly<Record<string, unknown>>;
}

/**
 * Reads PulumiPolicy.yaml as the CLI does: https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L1327
 *
 * @throws archive_invalid when the CLI would not load it.
 */
export function readRuntime(text: string): Runtime {
  const runtime = readYaml(text)?.runtime;
  const { name, options } = isObject(runtime) ? runtime : { name: runtime, options: undefined };
  if ((typeof name !== "string" && typeof name !== "number") || name === "") {
    throw newError("archive_invalid", { problem: "no_runtime", file: PROJECT_FILE });
  }
  return { name: String(name), options: isObject(options) ? options : {} };
}

function readYaml(text: string): Record<string, unknown> | undefined {
  try {
    const [document] = parseAllDocuments(text);
    const [error] = document?.errors ?? [];
    if (error) throw error;
    const value: unknown = document?.toJS();
    return isObject(value) ? value : undefined;
  } catch (error) {
    const [found = ""] = (error as Error).message.split("\n");
    throw newError("archive_invalid", { problem: "not_yaml", file: PROJECT_FILE, found });
  }
}
