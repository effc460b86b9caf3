import { readFileSync } from "node:fs";
import { exceptionProblem } from "@quillon/contract/passed-exceptions";
import { isObject } from "../is-object.ts";
import { decode, whyUnreadable } from "../read-text.ts";
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
    return { config: policiesIn(config, path), exceptions: {} };
  }
  if (content.version !== 2)
    throw new Error(`${path} has version ${content.version}, and 2 is the one that can be read.`);
  const { version, policies, exceptions, environments, ...others } = content;
  refuseEnvironments(environments, path);
  refuseOthers(Object.keys(others), path);
  return { config: policiesIn(policies ?? {}, path), exceptions: exceptionsIn(exceptions ?? {}, path) };
}

/** What is left out in silence would not be enforced, and nobody would know. */
function policiesIn(policies: unknown, path: string): Record<string, unknown> {
  if (!isObject(policies)) throw new Error(`${path}: "policies" must be an object, with what is configured by policy.`);
  const wrong = Object.keys(policies).find((name) => typeof policies[name] !== "string" && !isObject(policies[name]));
  if (wrong === undefined) return policies;
  throw new Error(`${path}: ${wrong} must have a level, such as "advisory", or an object with what is configured.`);
}

function exceptionsIn(exceptions: unknown, path: string): Record<string, Exception> {
  if (!isObject(exceptions)) throw new Error(`${path}: "exceptions" must be an object, with exceptions by their ids.`);
  for (const [id, one] of Object.entries(exceptions)) {
    const problem = exceptionProblem(id, one);
    if (problem) throw new Error(`${path}: the exception ${id} has a mistake: ${problem}.`);
  }
  return exceptions as Record<string, Exception>;
}

function readFile(path: string): string {
  try {
    return decode(readFileSync(path));
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
  if (isObject(content)) return content;
  throw new Error(`The configuration ${path} must be a JSON object: policies by their names.`);
}

function refuseEnvironments(environments: unknown, path: string): void {
  if (environments !== undefined)
    throw new Error(`${path} has "environments", which only Pulumi Cloud can open. Remove them.`);
}

/** A mistyped "policies" would leave every policy as it is, and nobody would know. */
function refuseOthers([field]: string[], path: string): void {
  if (field === undefined) return;
  throw new Error(`${path} has "${field}", which version 2 does not have. It has "policies" and "exceptions".`);
}
