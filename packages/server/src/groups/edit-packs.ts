import { newError } from "@quillon/contract";
import { eachOnce } from "../each-once.ts";
import { canonical } from "../json-schema/index.ts";
import { checkConfig, describeProblems, findVersion, isTooLarge, readPolicies, versionName } from "../packs/index.ts";
import { type EditCtx, requireTime } from "./edit-ctx.ts";
import { deleteEnabled, type EnabledRow, listEnabled, upsertEnabled } from "./pack-queries.ts";

/** Configuration as it was sent, and decoded. */
export interface SentConfig {
  text: string;
  value: Record<string, unknown>;
}

/** A pack as a client names it. */
export interface PackReference {
  name: string;
  /** The tag, or the integer in digits. Empty: the newest version when enabling, any version when disabling. */
  version: string;
  config?: SentConfig;
  environments?: string[];
  /** What the client has read, or wants, but an edit of this kind can't make so. */
  follows?: boolean;
}

/** A pack whose newest version the group always has from now on, or no longer. */
export interface FollowWish {
  pack: string;
  follow: boolean;
  /** Left out: the configuration stays as it is. */
  config?: SentConfig;
}

interface Target {
  pack: string;
  wanted: string;
  config: SentConfig | undefined;
  environments: string[] | undefined;
  follows: (existing: EnabledRow | undefined, version: number) => boolean;
  /** What the client says that it would be. */
  expected?: boolean | undefined;
}

/**
 * Enables a published version of the pack instead of any other version of it, and replaces its configuration.
 *
 * @throws pack_not_found, pack_version_not_found, pack_config_invalid, pack_environments_unsupported, pack_follow_elsewhere
 */
export async function enablePack(ctx: EditCtx, pack: PackReference): Promise<void> {
  await enable(ctx, { ...targetOf(pack), follows: () => false }, await findEntry(ctx, pack.name));
}

/**
 * Makes the group have this version of the pack. If it already has, and no configuration is given, nothing changes.
 *
 * @throws what `enablePack` throws.
 */
export async function addPack(ctx: EditCtx, pack: PackReference): Promise<void> {
  const entry = await findEntry(ctx, pack.name);
  if (entry && !pack.config && !pack.environments) {
    const { version } = await findVersion(ctx.tx, pack.name, pack.version);
    if (version === entry.version && (pack.follows ?? entry.follows) === entry.follows) return;
  }
  await enablePack(ctx, pack);
}

/** @throws pack_not_enabled */
export async function disablePack(ctx: EditCtx, pack: PackReference): Promise<void> {
  const { tx, group } = ctx;
  const enabled = await findEntry(ctx, pack.name);
  const wanted = pack.version;
  const same = wanted === "" || wanted === enabled?.tag || wanted === String(enabled?.version);
  if (!enabled || !same) throw notEnabled(ctx, wanted ? `${pack.name} ${wanted}` : pack.name, enabled);
  await deleteEnabled(tx.db, group.id, enabled.packId);
}

/**
 * Makes the group have these packs enabled and no others. An entry that is equal to what is there is not changed.
 *
 * @returns whether anything changed.
 * @throws pack_listed_twice, group_edit_too_long, and what `enablePack` throws.
 */
export async function replacePacks(ctx: EditCtx, packs: readonly PackReference[]): Promise<boolean> {
  const { tx, group } = ctx;
  const existing = await listEnabled(tx.db, group.id);
  const canonicalOf = eachOnce((config) => canonical(JSON.parse(config)));
  const removed = existing.filter(({ name }) => !packs.some((pack) => pack.name === name));
  for (const { packId } of removed) await deleteEnabled(tx.db, group.id, packId);
  let changed = removed.length > 0;
  for (const name of new Set(packs.map((pack) => pack.name))) {
    const entry = existing.find((one) => one.name === name);
    const listed = packs.filter((one) => one.name === name && !(entry && isUnchanged(entry, one, canonicalOf)));
    const pack = await choose(ctx, listed, { entry, alone: packs.filter((one) => one.name === name).length === 1 });
    if (!pack) continue;
    requireTime(ctx);
    const follows: Target["follows"] = (before, version) => before?.follows === true && before.version === version;
    await enable(ctx, { ...targetOf(pack), follows }, entry);
    changed = true;
  }
  return changed;
}

/**
 * Which of a list's entries for one pack is enabled, if any. Those that change nothing are left out. `pulumi policy group edit
 * --add-policy-pack` sends what the group has and appends what it was given: another version replaces the one that is
 * there, as with `pulumi policy enable`, and the same version without configuration changes nothing.
 */
async function choose(
  { tx }: EditCtx,
  [pack, another]: readonly PackReference[],
  { entry, alone }: { entry: EnabledRow | undefined; alone: boolean },
): Promise<PackReference | undefined> {
  if (pack && another) throw newError("pack_listed_twice", { pack: pack.name });
  if (!pack || !entry || alone || pack.config) return pack;
  const { version } = await findVersion(tx, pack.name, pack.version);
  return version === entry.version ? undefined : pack;
}

/**
 * Makes the group follow a pack, or stop following it. To follow is to have its newest version enabled.
 *
 * @throws pack_not_enabled when it is to stop following a pack that it has not enabled; and what `enablePack` throws.
 */
export async function followPack(ctx: EditCtx, { pack, follow, config }: FollowWish): Promise<void> {
  const entry = await findEntry(ctx, pack);
  if (!follow && !entry) throw notEnabled(ctx, pack, entry);
  const kept = entry?.config ? { text: entry.config, value: JSON.parse(entry.config) } : undefined;
  await enable(
    ctx,
    {
      pack,
      wanted: follow || !entry ? "" : String(entry.version),
      config: config ?? kept,
      environments: undefined,
      follows: () => follow,
    },
    entry,
  );
}

async function enable(ctx: EditCtx, target: Target, existing: EnabledRow | undefined): Promise<void> {
  const { tx, group, change } = ctx;
  const { pack, config } = target;
  const environments = target.environments ?? existing?.environments ?? [];
  if (environments.some((one) => !existing?.environments.includes(one))) {
    throw newError("pack_environments_unsupported", { pack });
  }
  const version = await findVersion(tx, pack, target.wanted);
  const problems = await checkConfig(tx, await readPolicies(tx.db, version.id), config?.value);
  if (problems.length > 0) {
    const label = `${pack} ${versionName(version)}`;
    const details = problems.slice(0, 100).map(({ policy, property, message }) => ({
      resource: policy || pack,
      ...(property && { attribute: property }),
      errorType: "custom" as const,
      customMessage: message,
    }));
    throw newError("pack_config_invalid", { pack: label, problems: describeProblems(problems) }, details);
  }
  const follows = target.follows(existing, version.version);
  if (target.expected !== undefined && target.expected !== follows) {
    throw newError("pack_follow_elsewhere", { pack, group: group.name, follows: target.expected });
  }
  await upsertEnabled(tx.db, {
    groupId: group.id,
    packId: version.packId,
    versionId: version.id,
    config: config?.text ?? null,
    change,
    follows,
    environments,
  });
}

async function findEntry({ tx, group }: EditCtx, pack: string): Promise<EnabledRow | undefined> {
  return (await listEnabled(tx.db, group.id)).find(({ name }) => name === pack);
}

function notEnabled({ group }: EditCtx, pack: string, enabled: EnabledRow | undefined) {
  return newError("pack_not_enabled", { pack, group: group.name, enabled: enabled && versionName(enabled) });
}

function targetOf(pack: PackReference) {
  const { name, version, config, environments, follows: expected } = pack;
  return { pack: name, wanted: version, config, environments, expected };
}

/** Clients send back entries that they have read. Numbers that they decoded and wrote differently are not an edit. */
function isUnchanged(entry: EnabledRow, pack: PackReference, canonicalOf: (config: string) => string): boolean {
  const wanted = pack.version;
  if (wanted !== entry.tag && wanted !== String(entry.version)) return false;
  if (pack.follows !== undefined && pack.follows !== entry.follows) return false;
  if (pack.config && isTooLarge(pack.config.value)) return false;
  const config = entry.config === null ? null : canonicalOf(entry.config);
  if (config !== (pack.config ? canonical(pack.config.value) : null)) return false;
  return pack.environments === undefined || canonical(pack.environments) === canonical(entry.environments);
}
