import { newError, type ReportedPack, type ReportedResult } from "@quillon/contract";
import type { Order } from "@quillon/report";
import type { StackCtx } from "../context.ts";
import { type RecordedPack, type Run, readRecorded, readRun } from "../updates/index.ts";
import { countOutcomes, outcomesOf } from "./compacted-results.ts";
import { findRunCounts } from "./compaction-queries.ts";
import { readPackFailures } from "./read-pack-failures.ts";
import { type FoundResults, MOST_POLICIES, MOST_RESULTS, ownMessages, policiesOf, summarize } from "./report.ts";
import { countReports, listReported } from "./report-queries.ts";
import { readResults } from "./reported.ts";

const PART = 1000;

/**
 * What policies reported in one update or preview, those of packs that the client brought included.
 *
 * @param update its id, the version that it made, or `latest`.
 * @param most so many results, the worst.
 * @throws update_not_found, run_none
 */
export async function reportRun(ctx: StackCtx, update: string, most = MOST_RESULTS): Promise<FoundResults> {
  const { db, org, stack } = ctx;
  const run = await readRun(ctx, update);
  const required = requiredOf(run);
  const matches = (name: string, version: string) => (one: RecordedPack) =>
    one.pack === name && (one.tag ?? version) === version;
  const isRequired = (name: string, version: string) => required.some(matches(name, version));
  const counted = await countReports(db, run.id, { limit: MOST_POLICIES, part: 0, parts: 1 });
  // Asked last: what was counted after the run was compacted is not all that it reported.
  const compacted = await findRunCounts(db, run.id);
  const { counts, leftOut, packs } = await summarize(ctx, {
    counted: compacted?.policies ?? counted,
    isRequired,
    most: compacted ? Math.min(most, countOutcomes(compacted.policies)) : most,
  });
  const failures = run.status === "failed" && !compacted ? await failuresIn(ctx, run.id, required) : new Map();
  const withFailure = (pack: ReportedPack): ReportedPack => {
    const failure = pack.required ? failures.get(pack.name) : undefined;
    return { ...pack, ...(failure && { failure }) };
  };
  const silent = required.filter((one) => !packs.some(({ name, version }) => matches(name, version)(one)));
  const names = { organization: org.name, stack: { project: stack.project, name: stack.name } };
  return {
    head: {
      ...names,
      update: { ...shapeOf(run), ...(compacted && { compactedAt: compacted.at.toISOString() }) },
      counts,
      leftOut,
      packs: [
        ...packs,
        ...silent.map(({ pack, tag }) => ({ name: pack, version: tag ?? "", required: true, policies: [] })),
      ].map(withFailure),
    },
    results: (order) =>
      compacted
        ? outcomesOf({ stack, packs, at: compacted.at, order, limit: most })
        : resultsOf(ctx, { updateId: run.id, order, limit: most }, ownMessages(policiesOf(packs))),
  };
}

/** Why packs made a run fail, by their names. Those that are only suspected are left out. */
async function failuresIn(
  { db }: StackCtx,
  updateId: string,
  required: readonly RecordedPack[],
): Promise<Map<string, string>> {
  const failures = await readPackFailures(db, updateId, required);
  return new Map(failures.filter(({ certain }) => certain).map(({ pack, message }) => [pack, message]));
}

async function* resultsOf(
  ctx: StackCtx,
  wanted: { updateId: string; order: Order; limit: number },
  messageOf: ReturnType<typeof ownMessages>,
): AsyncGenerator<ReportedResult> {
  const { updateId } = wanted;
  const all = await listReported(ctx.db, wanted);
  if (await findRunCounts(ctx.db, updateId)) throw newError("update_compacted_meanwhile", { update: updateId });
  for (let start = 0; start < all.length; start += PART) {
    yield* await readResults(ctx, updateId, all.slice(start, start + PART), messageOf);
  }
}

/** Only these kinds load packs. */
function requiredOf({ kind, required }: Run): RecordedPack[] {
  return kind === "update" || kind === "preview" ? readRecorded(required) : [];
}

function shapeOf({ id, kind, dryRun, version, status, startedAt, endedAt, environment }: Run) {
  return {
    id,
    kind,
    dryRun,
    version,
    status,
    ...(startedAt && { startedAt: startedAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    folder: folderOf(environment),
  };
}

/**
 * Where the program is in its repository, as the CLI found it there:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/updates.go
 */
function folderOf(environment: Readonly<Record<string, string>>): string {
  const folder = environment["vcs.root"] ?? "";
  const isInside = !folder.startsWith("/") && !folder.split("/").includes("..") && !/[\\:]|\p{Surrogate}/u.test(folder);
  return isInside && folder.length <= 500 && folder !== "." ? folder : "";
}
