import { createHash } from "node:crypto";
import { newError, type Tags } from "@quillon/contract";
import { type StackCtx, type Tx, transaction } from "../context.ts";
import { isConflict } from "../db/conflicts.ts";
import { isUnavailable } from "../db/unavailable.ts";
import { type BroughtTags, changedRequirements, settlePolicies } from "../enforcement/index.ts";
import { verbatim } from "../json/write.ts";
import { levelsInEffect, listLevels } from "../packs/index.ts";
import { keepStack, requireBackend } from "../stacks/index.ts";
import { type Basis, insertUpdate, type RecordedPack, readRecorded } from "../updates/index.ts";
import { type ExceptedPack, withExceptions } from "./excepted-packs.ts";

export interface UpdateRequest {
  kind: "update" | "preview" | "refresh" | "destroy";
  options?: { dryRun?: boolean };
  config?: unknown;
  metadata?: { message?: string; environment?: Record<string, string> };
  /** Where the client says that the stack's state is, unless it is here. */
  backend?: string | undefined;
  /** The tags that the stack will have besides its own when the update has started. */
  tags: BroughtTags;
  /** Who applies policy exceptions in this run: the client's engine, or the packs themselves. */
  exceptionsBy: "engine" | "pack";
  basis?: RunBasis | undefined;
}

/** On what a run is based whose client does not run what it is told here. */
interface RunBasis {
  /** Requirements that this server has signed, and the record of what they ask for. */
  requirements?: { made: string; expires: string; recorded: string };
  breakGlass?: string | undefined;
  ran?: { from: Date; to: Date } | undefined;
}

/**
 * Makes an update that waits to be started, and decides which policy packs it must run: those that the stack's tags ask
 * for, and those that the tags ask for that it brings, with the exceptions that are in effect now. What is changed later does
 * not change that. When the packs can't be computed no update is made, because with an empty list it would run without any.
 *
 * @throws stack_not_found, stack_elsewhere, stack_held, required_policies_unknown
 */
export function createUpdate(
  ctx: StackCtx,
  { kind, options, config, metadata, backend, tags, exceptionsBy, basis }: UpdateRequest,
): Promise<{ id: string; required: ExceptedPack[] }> {
  return transaction(ctx, async (tx) => {
    await keepStack(tx);
    await requireBackend(tx, backend);
    const { required, tagSets } = await decidePolicies(tx, tags);
    const now = await recordsOf(tx, required, exceptionsBy);
    const file = basis?.requirements;
    const id = await insertUpdate(tx.db, {
      stackId: ctx.stack.id,
      kind,
      // It deploys nothing, whatever its options say: no receipt is needed for it, and no state is compared.
      dryRun: kind === "preview" || (options?.dryRun ?? false),
      userId: ctx.actor.userId,
      message: metadata?.message ?? "",
      environment: metadata?.environment ?? {},
      config: config ?? {},
      required: file ? verbatim<RecordedPack[]>(file.recorded) : now,
      tagSets,
      basis: basis && recordBasis(basis, now),
    });
    return { id, required };
  });
}

function recordBasis({ requirements, breakGlass, ran }: RunBasis, now: readonly RecordedPack[]): Basis {
  return {
    ...(requirements && {
      requirements: {
        made: requirements.made,
        expires: requirements.expires,
        changed: changedRequirements(readRecorded(JSON.parse(requirements.recorded)), now),
      },
    }),
    ...(breakGlass !== undefined && { breakGlass }),
    ...(ran && { ran: { from: ran.from.toISOString(), to: ran.to.toISOString() } }),
  };
}

/** What is kept with the update. No URL is stored, because a download URL lets its holder read the pack for a day. */
export async function recordsOf(
  { db }: Tx<StackCtx>,
  required: readonly ExceptedPack[],
  exceptionsBy: UpdateRequest["exceptionsBy"],
): Promise<RecordedPack[]> {
  const policies = await listLevels(
    db,
    required.map(({ versionId }) => versionId),
  );
  return required.map(({ name, version, versionId, tag, sha256, config, environments, exceptions }) => ({
    pack: name,
    version,
    tag,
    archiveSha256: sha256,
    configSha256: config === null ? null : createHash("sha256").update(config).digest("hex"),
    ...(config !== null && { config: verbatim(config) }),
    levels: levelsInEffect(policies.get(versionId) ?? [], config === null ? null : JSON.parse(config)),
    environments,
    ...(exceptions.length > 0 && { exceptionsBy, exceptions: verbatim(JSON.stringify(exceptions)) }),
  }));
}

/** @throws required_policies_unknown */
export async function decidePolicies(
  tx: StackCtx,
  tags: BroughtTags,
): Promise<{ required: ExceptedPack[]; tagSets: readonly Tags[] }> {
  try {
    const { required, tagSets } = await settlePolicies(tx, tags);
    return { required: await withExceptions(tx, required), tagSets };
  } catch (error) {
    if (isConflict(error) || isUnavailable(error)) throw error;
    tx.log.error({ err: error, stack: tx.stack.id }, "the required policies could not be computed");
    throw newError("required_policies_unknown", {});
  }
}
