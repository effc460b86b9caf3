import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PackRefused } from "./problems.ts";

/** What a pack's PulumiPolicy.yaml says. */
export interface ProjectFile {
  runtime: string | undefined;
  options: Partial<Record<string, string>>;
  /** Counts more than the version that the pack says of itself. */
  version: string | undefined;
}

interface Content {
  runtime?: string | { name?: string; options?: Partial<Record<string, string>> | "" };
  version?: string;
}

/**
 * Reads it with each value as it is written, because a version such as 1.10 is a text:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/workspace/project.go#L1327
 *
 * @throws PackRefused when it can't be read.
 */
export function readProjectFile(directory: string): ProjectFile {
  const path = join(directory, "PulumiPolicy.yaml");
  let content: Content;
  try {
    content = parse(readFileSync(path, "utf8"), { schema: "failsafe" }) || {};
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PackRefused(`${path} can't be read: ${code === "EISDIR" ? "it is a folder" : message}`);
  }
  const { runtime, version } = content;
  if (typeof runtime !== "object") return { runtime, options: {}, version: version || undefined };
  return { runtime: runtime.name, options: runtime.options || {}, version: version || undefined };
}
