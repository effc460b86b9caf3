import { newError, type OlderCliEffect, type PackNeeds } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { listVersionsInUse } from "../groups/index.ts";

/** As far as it says on what a version of a pack runs. */
export interface RunsOn {
  runtime: string | null;
  needs: Pick<PackNeeds, "programs"> | null;
  /** Null for what is not bundled. */
  sdk: { name: string } | null;
}

/** Of versions of a pack: where they differ, nothing is known of the pack. */
export function effectOf(versions: readonly RunsOn[]): OlderCliEffect {
  const [effect = "unknown", ...others] = new Set(versions.map(effectOfOne));
  return others.length > 0 ? "unknown" : effect;
}

function effectOfOne({ runtime, needs, sdk }: RunsOn): OlderCliEffect {
  if (runtime === "python" || needs?.programs.some(({ name }) => name === "Python")) return "blocked";
  // Nothing was bundled on a version of `@quillon/policy` that does not know exceptions.
  if (sdk) return sdk.name === "@quillon/policy" ? "applied" : "blocked";
  return "unknown";
}

/** @throws pack_not_found */
export async function readEffect(ctx: OrgCtx, pack: string): Promise<OlderCliEffect> {
  const versions = await listVersionsInUse(ctx.db, ctx.org.id, pack);
  if (versions.length === 0) throw newError("pack_not_found", { pack, organization: ctx.org.name });
  return effectOf(versions);
}
