import { readFileSync } from "node:fs";
import { whyUnreadable } from "../read-text.ts";
import type { Exception } from "./pack.ts";

/**
 * Reads what `--policy-pack-config` names, as the Pulumi CLI does:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/config.go
 *
 * @throws Error that names the file.
 */
export function readConfigFile(path: string): {
  config: Record<string, unknown>;
  exceptions: Record<string, Exception>;
} {
  const text = readFile(path);
  if (text.trim() === "") return { config: {}, exceptions: {} };
  const content = objectIn(text, path);
  // Otherwise it is a policy of that name.
  if (typeof content.version !== "number") {
    const { environments, ...config } = content;
    refuseEnvironments(environments, path);
    return { config, exceptions: {} };
  }
  if (content.version !== 2)
    throw new Error(`${path} has version ${content.version}, and 2 is the one that can be read.`);
  refuseEnvironments(content.environments, path);
  const { policies = {}, exceptions = {} } = content as {
    policies?: Record<string, unknown>;
    exceptions?: Record<string, Exception>;
  };
  for (const [id, { reason, match } = {} as Partial<Exception>] of Object.entries(exceptions))
    if (typeof reason !== "string" || !Array.isArray(match))
      throw new Error(`${path}: the exception ${id} needs a reason and a list of what it matches.`);
  return { config: policies, exceptions };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`The configuration ${path} can't be read: ${whyUnreadable(error as Error)}.`);
  }
}

function objectIn(text: string, path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`The configuration ${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof content === "object" && content !== null && !Array.isArray(content))
    return content as Record<string, unknown>;
  throw new Error(`The configuration ${path} must be a JSON object: policies by their names.`);
}

function refuseEnvironments(environments: unknown, path: string): void {
  if (environments !== undefined)
    throw new Error(`${path} has "environments", which only Pulumi Cloud can open. Remove them.`);
}
