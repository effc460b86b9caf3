/**
 * The name under which exceptions travel in a pack's configuration. CLIs that do not know exceptions leave out the field
 * that carries them, but give the pack, unchecked, what is configured under a name that is no policy's. No policy can have
 * this name, because the names of policies have no colon.
 *
 * https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/resource/analyzer/config.go
 */
export const EXCEPTIONS_ENTRY = "quillon:exceptions";

/** What stands under `EXCEPTIONS_ENTRY`. */
export interface ExceptionsEntry {
  /**
   * Means nothing, and must be there: an entry for a name that is no policy's has no level to fall back on, and a CLI ends the run
   * when an entry has none (`invalid enforcement level ""`).
   *
   * https://github.com/pulumi/pulumi/blob/v3.200.0/sdk/go/common/resource/plugin/analyzer_plugin.go
   */
  enforcementLevel: "advisory";

  /** By id. */
  exceptions: Record<string, PassedException>;
}

/** An exception that is in effect when the update begins. */
export interface PassedException {
  reason: string;

  /** RFC 3339; absent without an end. It is only shown: the server alone decides what is in effect. */
  expiresAt?: string;

  /** A violation is excepted when one of these has both its policy and its URN, byte for byte. */
  match: { policies: string[]; targets: string[] }[];
}

/**
 * What is wrong with an exception that a person may have written, as the end of a sentence; undefined when nothing is.
 *
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/exceptions.go
 */
export function exceptionProblem(id: string, value: unknown): string | undefined {
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

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
