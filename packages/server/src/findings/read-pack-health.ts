import type { OrgCtx } from "../context.ts";
import {
  type FailureOf,
  type HealthCounts,
  type HealthOf,
  listFailures,
  listHealth,
  listWorkedBefore,
} from "./pack-health-list-queries.ts";

/** How the runs of a version of a pack ended, in the stacks that the caller may read. */
export interface VersionHealth extends HealthCounts {
  failures: FailureOf[];
  /** Earlier versions that worked in stacks that fail because of this one, the newest first. */
  workedBefore: { version: number; tag: string; stacks: number }[];
}

/** The versions that runs had to ask, the newest first. */
export async function readPackHealth(ctx: OrgCtx, pack: string): Promise<VersionHealth[]> {
  const of = ofCaller(ctx, pack);
  const failures = await listFailures(ctx.db, of);
  const before = await listWorkedBefore(ctx.db, of);
  return (await listHealth(ctx.db, of)).map((counts) => ({
    ...counts,
    failures: failures.filter(({ version }) => version === counts.version),
    workedBefore: before.filter(({ failing }) => failing === counts.version),
  }));
}

/** Undefined when no run had to ask the version. */
export async function readVersionHealth(
  ctx: OrgCtx,
  { pack, version }: { pack: string; version: number },
): Promise<HealthCounts | undefined> {
  return (await listHealth(ctx.db, ofCaller(ctx, pack))).find((one) => one.version === version);
}

function ofCaller({ actor, org }: OrgCtx, pack: string): HealthOf {
  return { actor, organizationId: org.id, pack };
}
