import { newError, type PackMetadata, warnings } from "@quillon/contract";
import { type OrgCtx, transaction } from "../context.ts";
import { measure } from "../json/measure.ts";
import { Budget, schemaProblem } from "../json-schema/index.ts";
import { findLogin } from "../people/index.ts";
import { discardBlobs } from "./blobs.ts";
import { deleteReservations, insertReservation, listVersions, lockOrMakePack, readNow } from "./queries.ts";
import { signUpload } from "./signatures.ts";
import { higherThan, type KnownVersion, planPublication, versionName } from "./versions.ts";

export interface PublishRequest {
  name: string;
  /** Null when the author chose none. */
  tag: string | null;
  metadata: PackMetadata;
}

export interface Reserved {
  version: number;
  /** Its id. */
  reservation: string;
  /** Proves in the upload's URL that this server made it for this reservation. */
  signature: string;
  /** A sentence about what the author may not expect. */
  warning: string | undefined;
}

/** Of all that is published of a version; schemas have narrower limits of their own. */
const DEEPEST = 64;

/**
 * Reserves the next version of a pack for the caller. The description that was sent and the archive that is uploaded
 * belong to the same reservation, so they can't come from different publishes.
 *
 * @throws pack_refused, pack_without_policies, pack_version_exists, pack_version_reserved
 */
export async function reserveVersion(ctx: OrgCtx, request: PublishRequest): Promise<Reserved> {
  const { name, tag, metadata } = request;
  requirePublishable(request);
  const { version, id, orphans, known } = await transaction(ctx, async ({ db }) => {
    const packId = await lockOrMakePack(db, ctx.org.id, name);
    const known = await listVersions(db, packId);
    const plan = planPublication(known, { tag, user: ctx.actor.userId, now: await readNow(db) });
    if (plan.verdict === "published") {
      throw newError("pack_version_exists", { pack: name, version: tag ?? "", next: plan.next });
    }
    if (plan.verdict === "being-published") {
      const until = plan.until.toISOString();
      const by = plan.by === null ? undefined : await findLogin(db, plan.by);
      throw newError("pack_version_reserved", {
        pack: name,
        version: tag ?? "",
        by: by ?? "A removed user",
        until,
      });
    }
    const orphans = await deleteReservations(db, plan.drop);
    const { version } = plan;
    const id = await insertReservation(db, { packId, version, tag, metadata, userId: ctx.actor.userId });
    return { version, id, orphans, known };
  });
  await discardBlobs(ctx, orphans);
  return { version, reservation: id, signature: signUpload(ctx.keys, id), warning: warnIfLower(known, request) };
}

function warnIfLower(
  known: readonly KnownVersion[],
  { name: pack, tag, metadata }: PublishRequest,
): string | undefined {
  const higher = tag === null ? undefined : higherThan(known, tag);
  if (tag === null || !higher) return undefined;
  // A bundle is meant to take the place of what it is made from, and by default it has a suffix, which makes it lower.
  const { "quillon.bundledFrom": from } = (metadata.metadata ?? {}) as Record<string, string>;
  if (from === versionName(higher)) return undefined;
  return warnings.pack_version_lower({ pack, tag, higher: versionName(higher) });
}

/**
 * Checks all that can be checked without the archive.
 *
 * @throws pack_without_policies, pack_refused
 */
function requirePublishable({ name: pack, tag, metadata }: PublishRequest): void {
  const { policies } = metadata;
  if (policies.length === 0) throw newError("pack_without_policies", { pack });
  if (tag === "latest") throw newError("pack_refused", { problem: "tag_latest", pack });
  const policy = findTwice(policies.map(({ name }) => name));
  if (policy) throw newError("pack_refused", { problem: "policy_twice", pack, policy });
  const budget = new Budget();
  for (const { name, configSchema } of policies) {
    const found = configSchema && schemaProblem(configSchema, budget);
    if (found) throw newError("pack_refused", { problem: "schema", pack, policy: name, found });
  }
  if (measure(metadata).depth > DEEPEST) {
    throw newError("pack_refused", { problem: "too_deep", pack, limit: DEEPEST });
  }
}

function findTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
