import { fail, type Selector } from "@quillon/contract";
import type { OrgCtx, StackCtx } from "../context.ts";
import { nameOf } from "../packs/index.ts";
import { eachStack, type StackPlace } from "./member-queries.ts";
import { requiredPacks } from "./required.ts";
import { parseSelector } from "./selector.ts";
import { type EnabledEntry, type GroupOfStack, readStackPolicies } from "./stack-policies.ts";

type Enabling = EnabledEntry & { group: GroupOfStack };

/** Why the stack has the packs that it has: every group that brings one, and which of them counts. */
export async function explainStack(ctx: StackCtx, pack?: string) {
  const { groups } = await readStackPolicies(ctx);
  const enabled = groups.flatMap((group) => group.packs.map((entry): Enabling => ({ ...entry, group })));
  const required = requiredPacks(enabled.filter(({ group }) => group.mode === "preventative"));
  const names = [...new Set(enabled.map(({ name }) => name))].sort();
  return names
    .filter((name) => pack === undefined || name === pack)
    .map((name) => ({
      name,
      groups: enabled.filter((entry) => entry.name === name).map((entry) => explainEntry(entry, required)),
    }));
}

function explainEntry(entry: Enabling, required: readonly Enabling[]) {
  const { group, version, tag, packId } = entry;
  const chosen = required.find((other) => other.packId === packId);
  return {
    name: group.name,
    mode: group.mode,
    membership: group.membership,
    version,
    versionTag: tag ?? "",
    required: entry === chosen,
    reason: `${membershipReason(group)}; ${choiceReason(entry, chosen)}`,
  };
}

function membershipReason({ name, membership }: GroupOfStack): string {
  if (membership.by === "default") return `${name} takes in every stack`;
  return membership.by === "explicit" ? `${name} lists the stack` : `the selector of ${name} matches the stack`;
}

function choiceReason(entry: Enabling, chosen: Enabling | undefined): string {
  if (entry === chosen) return "this is what its next update must run";
  if (entry.group.mode === "audit") return "an audit group is not evaluated yet, and no update has to run its packs";
  if (!chosen) return "it is not run";
  return chosen.version === entry.version
    ? `${chosen.group.name} has the same version and was edited later, so its configuration counts`
    : `${chosen.group.name} has the newer version ${nameOf(chosen)}`;
}

const PAGE = 500;

/** One page of the stacks that a selector matches; the token of the next is there when there is one. */
export async function listMatches({ db, org }: OrgCtx, selector: Selector, token?: string) {
  const matcher = parseSelector(selector);
  const stacks: { name: string; routingProject: string }[] = [];
  for await (const stack of eachStack(db, org.id, { after: token ? parsePlace(token) : undefined })) {
    if (!matcher.reasons(stack)) continue;
    if (stacks.length === PAGE) return { stacks, continuationToken: writePlace(stacks.at(-1)) };
    stacks.push({ name: stack.name, routingProject: stack.project });
  }
  return { stacks };
}

function writePlace(last: { name: string; routingProject: string } | undefined): string {
  return Buffer.from(JSON.stringify([last?.routingProject, last?.name])).toString("base64url");
}

function parsePlace(token: string): StackPlace {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === "string")) {
      return place as unknown as StackPlace;
    }
  } catch {}
  throw fail("invalid_input", { where: "continuationToken", problem: "it is not one that this server gave out" });
}
