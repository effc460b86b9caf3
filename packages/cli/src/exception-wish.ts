import type { Report } from "@quillon/contract";

type Result = Report["results"][number];
export type Violation = Pick<Result, "project" | "stack" | "pack" | "policy" | "level" | "severity" | "urn">;

/** What an exception is asked for with, as far as it is known. */
export interface PartialWish {
  policyPack?: string | undefined;
  match: { policies: string[]; targets: string[] }[];
  reason?: string | undefined;
  expiresInSeconds?: number | undefined;
}

/** Which violations are to be let through. An empty list bounds nothing. */
export interface Wanted {
  pack?: string | undefined;
  policies: readonly string[];
  targets: readonly string[];
  levels: readonly string[];
}

/**
 * The violations of a run that an exception can let through and that none did: of packs that the stack had to run, and of a resource.
 */
export function violationsOf(report: RunReport, wanted: Wanted): Violation[] {
  return namedResults(report, wanted).filter(
    ({ kind, level, exceptions }) =>
      kind === "violated" && !exceptions && (wanted.levels.includes("all") || wanted.levels.includes(level)),
  );
}

type RunReport = Pick<Report, "results" | "packs">;

/** Results of any kind and level. */
function namedResults(
  { results, packs }: RunReport,
  { pack: wanted, policies, targets }: Omit<Wanted, "levels">,
): Result[] {
  const own = new Set(packs.filter(({ required }) => !required).map(({ name, version }) => `${name}@${version}`));
  const bounds = (all: readonly string[], one: string) => all.length === 0 || all.includes(one);
  return results.filter(
    ({ pack, version, policy, urn }) =>
      urn !== "" &&
      !own.has(`${pack}@${version}`) &&
      (wanted === undefined || pack === wanted) &&
      bounds(policies, policy) &&
      bounds(targets, urn),
  );
}

/** Why `violationsOf` is empty for these reports, and what to do. @param runs such as `the last run of web/dev`. */
export function whyNothing(runs: string, reports: readonly RunReport[], wanted: Wanted): string {
  const named = reports.flatMap((report) => namedResults(report, wanted));
  const violated = named.filter(({ kind }) => kind === "violated");
  const others = violated.filter(({ exceptions }) => !exceptions).length;
  const ids = [...new Set(violated.flatMap(({ exceptions = [] }) => exceptions.map(({ id }) => id)))];
  const remediated = named.filter(({ kind }) => kind === "remediated").length;
  return [
    `In ${runs} there is no violation${wanted.levels.includes("all") ? "" : ` of level ${wanted.levels.join(" or ")}`} to let through.`,
    ...(others > 0 ? [`Of other levels there ${isOrAre(others)}: name them with --level all.`] : []),
    ...(ids.length > 0 ? [`What ${ids.join(", ")} let through then is not listed.`] : []),
    ...(remediated > 0 ? [`What was remediated is no violation: an exception of it is made with --file.`] : []),
    "If anything has changed since, run pulumi preview first.",
  ].join(" ");
}

const isOrAre = (count: number) => (count === 1 ? "is 1" : `are ${count}`);

/**
 * One entry for each resource, with its policies.
 *
 * @throws Error when they are of several packs, because an exception is of one.
 */
export function wishOfViolations(
  violations: readonly Pick<Violation, "pack" | "policy" | "urn">[],
): PartialWish & { policyPack: string } {
  const [policyPack, ...others] = [...new Set(violations.map(({ pack }) => pack))].sort();
  if (policyPack === undefined) throw new Error("There is no violation to make an exception from.");
  if (others.length > 0)
    throw new Error(
      `An exception is of one policy pack, and these violations are of several: name one of ${[policyPack, ...others].join(", ")}.`,
    );
  const byUrn = new Map<string, Set<string>>();
  for (const { urn, policy } of violations) byUrn.set(urn, (byUrn.get(urn) ?? new Set()).add(policy));
  return { policyPack, match: [...byUrn].map(([urn, policies]) => ({ policies: [...policies], targets: [urn] })) };
}

/** Adds policies to each entry, and an entry for more targets with all of the policies. */
export function withMore<W extends PartialWish>(wish: W, policies: readonly string[], targets: readonly string[]): W {
  const wider = wish.match.map((entry) => ({ ...entry, policies: [...new Set([...entry.policies, ...policies])] }));
  const all = [...new Set(wider.flatMap((entry) => entry.policies))];
  return { ...wish, match: [...wider, ...(targets.length > 0 ? [{ policies: all, targets: [...targets] }] : [])] };
}

const ASKED = ["policyPack", "match", "reason", "expiresInSeconds"];
/** What the API says of an exception besides, and a new one gets anew. */
const ANSWERED = [
  "id",
  "status",
  "changeRequestId",
  "createdBy",
  "createdAt",
  "removedBy",
  "removedAt",
  "lastNeededAt",
  "changeRequest",
  "underOlderClis",
];

/**
 * From a file: a request of the API, an exception that the API answered, what `--dry-run --json` printed, or what
 * `--policy-pack-config` takes, with one exception. The server checks it.
 *
 * @param endGiven whether the end is given beside the file.
 * @throws Error for a field that is not known, because an exception whose end was written wrong would have none.
 */
export function wishOfDocument(sent: Readonly<Record<string, unknown>>, endGiven: boolean): PartialWish {
  const exception = exceptionIn(sent);
  const { policyPack, match, reason, expiresInSeconds } = exception;
  if (!Array.isArray(match)) throw new Error('The file must have a "match", a list of policies and their targets.');
  if ("expiresAt" in exception && !endGiven)
    throw new Error(
      'The file has an "expiresAt", which is an earlier end: say with --expires-in how long the new one lasts.',
    );
  const unknown = Object.keys(exception).find((field) => ![...ASKED, ...ANSWERED, "expiresAt"].includes(field));
  if (unknown !== undefined)
    throw new Error(`The file has the unknown field ${JSON.stringify(unknown)}. An exception has ${ASKED.join(", ")}.`);
  return { policyPack, match, reason, expiresInSeconds };
}

function exceptionIn(sent: Readonly<Record<string, unknown>>): PartialWish {
  if ("exception" in sent) return (sent.exception ?? {}) as PartialWish;
  if (!("exceptions" in sent)) return sent as object as PartialWish;
  const [only, ...others] = Object.values(sent.exceptions ?? {});
  if (others.length > 0) throw new Error(`The file has ${others.length + 1} exceptions: only one is made at once.`);
  return (only ?? {}) as PartialWish;
}
