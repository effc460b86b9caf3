import type { Db } from "../db/open.ts";
import { verbatim, writeJson } from "../json/write.ts";
import { listAccounts, listListed } from "./member-queries.ts";
import { listEnabled } from "./pack-queries.ts";
import type { GroupRow } from "./queries.ts";
import { isSelector, type RuleText } from "./rule-text.ts";

/** A group as the audit log compares it before and after an edit. Lists are by name, so that they can be told apart. */
export type Snapshot = Record<string, unknown>;

export async function takeSnapshot(db: Db, group: GroupRow): Promise<Snapshot> {
  const packs = await listEnabled(db, group.id);
  const stacks = Object.fromEntries(
    (await listListed(db, group.id)).map(({ project, name }) => [`${project}/${name}`, true]),
  );
  return {
    name: group.name,
    mode: group.mode,
    agentPoolId: group.agentPoolId ?? undefined,
    ...(group.stackRule !== null && ruleOf(group.stackRule)),
    ...(group.accountRule !== null && { accountMatchRule: verbatim(group.accountRule) }),
    [group.isDefault ? "excludedStacks" : "stacks"]: stacks,
    accounts: Object.fromEntries((await listAccounts(db, group.id)).map((name) => [name, true])),
    policyPacks: Object.fromEntries(
      packs.map(({ name, version, tag, config, follows, environments }) => [
        name,
        {
          version,
          versionTag: tag ?? "",
          ...(follows && { follows }),
          ...(environments.length > 0 && { environments }),
          ...(config !== null && { config: verbatim(config) }),
        },
      ]),
    ),
  };
}

/** As it was sent, by the name of the field that it was sent in. */
function ruleOf(text: RuleText): Snapshot {
  return { [isSelector(text) ? "selector" : "stackMatchRule"]: verbatim(text) };
}

export interface Difference {
  before: Snapshot;
  after: Snapshot;
  /** A short description of each change. */
  words: string[];
}

/**
 * What differs between two snapshots of a group; of lists only the members that differ.
 *
 * @returns undefined when nothing differs.
 */
export function compareSnapshots(before: Snapshot, after: Snapshot): Difference | undefined {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const difference: Difference = { before: {}, after: {}, words: [] };
  for (const key of keys) {
    const [was, is] = [before[key], after[key]];
    if (same(was, is)) continue;
    if (LISTS.has(key)) compareLists(difference, key, { was: was as Snapshot, is: is as Snapshot });
    else {
      difference.before[key] = was;
      difference.after[key] = is;
      difference.words.push(describeField(key, is));
    }
  }
  return difference.words.length > 0 ? difference : undefined;
}

const RULES = new Set(["selector", "stackMatchRule", "accountMatchRule"]);
const LISTS = new Set(["stacks", "excludedStacks", "accounts", "policyPacks"]);
/** Of a list's members, how many are named in words; all of them are in `before` and `after`. */
const NAMED = 5;

function compareLists(difference: Difference, key: string, { was, is }: { was: Snapshot; is: Snapshot }): void {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changed = names.filter((name) => !same(own(was, name), own(is, name)));
  const pick = (from: Snapshot) =>
    Object.fromEntries(changed.filter((name) => Object.hasOwn(from, name)).map((name) => [name, from[name]]));
  difference.before[key] = pick(was);
  difference.after[key] = pick(is);
  const named = changed
    .slice(0, NAMED)
    .map((name) => describeMember(key, name, { was: own(was, name), is: own(is, name) }));
  const more = changed.length > NAMED ? [`${changed.length - NAMED} more of its ${key}`] : [];
  difference.words.push(...named, ...more);
}

function own(from: Snapshot, name: string): unknown {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

function same(was: unknown, is: unknown): boolean {
  return was === is || (was !== undefined && is !== undefined && writeJson(was) === writeJson(is));
}

function describeField(key: string, is: unknown): string {
  if (key === "name") return `renamed to ${is}`;
  if (key === "mode") return `made ${is}`;
  if (RULES.has(key)) return `${key} ${is ? "changed" : "removed"}`;
  return `${key} changed`;
}

interface Pack {
  version: number;
  versionTag: string;
}

function describeMember(key: string, name: string, { was, is }: { was: unknown; is: unknown }): string {
  if (key === "excludedStacks") return is ? `stack ${name} taken out` : `stack ${name} taken in again`;
  if (key !== "policyPacks") return `${key === "accounts" ? "account" : "stack"} ${name} ${is ? "added" : "removed"}`;
  const label = (pack: Pack) => pack.versionTag || String(pack.version);
  if (!is) return `policy pack ${name} ${label(was as Pack)} disabled`;
  if (!was) return `policy pack ${name} ${label(is as Pack)} enabled`;
  const [from, to] = [label(was as Pack), label(is as Pack)];
  return from === to ? `policy pack ${name} ${to} configured` : `policy pack ${name} ${from} replaced by ${to}`;
}
