import { EXCEPTIONS_ENTRY, type PassedException } from "@quillon/contract/passed-exceptions";
import type { Exception } from "./exceptions.ts";

/**
 * Reads the configuration under `EXCEPTIONS_ENTRY`. Its text may be a user's, so it is checked as the engine checks exceptions: one with
 * a mistake excepts nothing, and the others hold.
 *
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/exceptions.go
 *
 * @returns The exceptions, and a sentence about each mistake.
 */
export function readExceptions(entry: Record<string, unknown>): { exceptions: Exception[]; problems: string[] } {
  const exceptions: Exception[] = [];
  if (!isObject(entry.exceptions)) {
    return { exceptions, problems: [`${EXCEPTIONS_ENTRY} must have "exceptions", an object of exceptions by id.`] };
  }
  const problems: string[] = [];
  for (const [id, value] of Object.entries(entry.exceptions)) {
    const problem = problemOf(id, value);
    if (problem) {
      problems.push(`Policy exception ${JSON.stringify(id)} is ignored, so what it names still fails: ${problem}.`);
      continue;
    }
    const { reason, expiresAt, match } = value as unknown as PassedException;
    exceptions.push({ id, reason, ...(expiresAt && { expiresAt }), match });
  }
  return { exceptions, problems };
}

function problemOf(id: string, value: unknown): string | undefined {
  if (!/^[A-Za-z0-9_.-]+$/.test(id)) return 'its id must consist of letters, digits, "-", "." and "_"';
  if (!isObject(value)) return "it must be an object";
  const { reason, expiresAt, match } = value;
  if (typeof reason !== "string" || reason.trim() === "") return '"reason" must be a text that is not blank';
  if (expiresAt != null && !isTime(expiresAt)) {
    return '"expiresAt" must be a time such as 2026-12-31T12:00:00Z, or be left out';
  }
  if (!Array.isArray(match) || match.length === 0) return '"match" must be a list with at least one entry';
  const problems = match.map((one, index) => [`match[${index}]`, matchProblem(one)] as const);
  return problems.flatMap(([where, problem]) => (problem ? [`${where}: ${problem}`] : []))[0];
}

function matchProblem(match: unknown): string | undefined {
  if (!isObject(match)) return "it must be an object";
  return (
    listProblem("policies", match.policies, isPolicy, 'the name of a policy ("all" is none)') ??
    listProblem("targets", match.targets, isUrn, "a URN")
  );
}

function listProblem(
  name: string,
  list: unknown,
  isRight: (one: unknown) => boolean,
  what: string,
): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return `"${name}" must be a list with at least one item`;
  const wrong = list.findIndex((one) => !isRight(one));
  return wrong < 0 ? undefined : `"${name}" has ${JSON.stringify(list[wrong])}, which is not ${what}`;
}

function isPolicy(name: unknown): boolean {
  return typeof name === "string" && name !== "" && name !== "all";
}

/** https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/resource/urn/urn.go */
function isUrn(urn: unknown): boolean {
  return typeof urn === "string" && urn.startsWith("urn:pulumi:") && urn.split("::").length > 3;
}

function isTime(time: unknown): boolean {
  const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
  return typeof time === "string" && rfc3339.test(time) && !Number.isNaN(Date.parse(time));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
