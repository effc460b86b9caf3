import {
  EXCEPTIONS_ENTRY,
  exceptionProblem,
  isObject,
  type PassedException,
} from "@quillon/contract/passed-exceptions";
import type { Exception } from "./exceptions.ts";

/**
 * Reads the configuration under `EXCEPTIONS_ENTRY`. Its text may be a user's, so it is checked as the engine checks exceptions: one with
 * a mistake excepts nothing, and the others hold.
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
    const problem = exceptionProblem(id, value);
    if (problem) {
      problems.push(`Policy exception ${JSON.stringify(id)} is ignored, so what it names still fails: ${problem}.`);
      continue;
    }
    const { reason, expiresAt, match } = value as unknown as PassedException;
    exceptions.push({ id, reason, ...(expiresAt && { expiresAt }), match });
  }
  return { exceptions, problems };
}
