import { newError } from "@quillon/contract";
import type { OrgCtx } from "../context.ts";
import { listPolicyNames } from "../packs/index.ts";
import { isBlank } from "./blank.ts";
import type { MatchEntry } from "./exception.ts";
import { findCrowded } from "./queries.ts";
import { checkRules, type ExceptionRules, type RuledWish } from "./rule.ts";
import { readUrn, type StackOfUrn } from "./urn.ts";

/** What somebody asks for. */
export interface Wish {
  pack: string;
  match: MatchEntry[];
  reason: string;
  /** From when it has an effect. Undefined for one without an end. */
  seconds: number | undefined;
}

const HOUR = 3600;
const LONGEST = 3650 * 24 * HOUR;

/** Of the exceptions in effect for one stack, because each of its updates is sent and keeps all of them. In MiB. */
const LARGEST = 2;

/** Control characters, but for ends of lines and tabs. Pulumi's CLI prints a reason as it is. */
const ESCAPES = /[^\P{Cc}\n\r\t]|\r(?!\n)/u;

/**
 * Refuses what the engine would drop, what could never match, and what the organization does not allow.
 *
 * @returns the stacks that its URNs name.
 * @throws exception_refused
 */
export async function checkWish(ctx: OrgCtx, wish: Wish, rules: ExceptionRules): Promise<StackOfUrn[]> {
  const { seconds } = wish;
  if (isBlank(wish.reason)) throw newError("exception_refused", { problem: "reason" });
  if (ESCAPES.test(wish.reason)) throw newError("exception_refused", { problem: "escapes" });
  if (seconds !== undefined && (seconds < HOUR || seconds > LONGEST || seconds % HOUR !== 0))
    throw newError("exception_refused", { problem: "duration", seconds });
  const stacks = stacksOf(wish.match);
  checkRules(rules, { seconds, policies: await knownPolicies(ctx, wish) });
  await requireRoom(ctx, wish, stacks);
  return stacks;
}

/** @throws exception_refused */
async function requireRoom({ db, org }: OrgCtx, { match, reason }: Wish, stacks: readonly StackOfUrn[]): Promise<void> {
  const bytes = Buffer.byteLength(JSON.stringify(match)) + Buffer.byteLength(reason);
  const stack = await findCrowded(db, { organizationId: org.id, stacks, bytes, most: LARGEST * 1024 * 1024 });
  if (stack) throw newError("exception_refused", { problem: "crowded", stack, most: LARGEST });
}

/** The stacks that the URNs name, each once. @throws exception_refused */
export function stacksOf(match: readonly MatchEntry[]): StackOfUrn[] {
  const stacks = new Map<string, StackOfUrn>();
  for (const [index, { targets }] of match.entries()) {
    for (const target of targets) {
      const stack = readUrn(target);
      if (!stack) throw newError("exception_refused", { problem: "urn", entry: index + 1, target });
      stacks.set(`${stack.project}/${stack.stack}`, stack);
    }
  }
  return [...stacks.values()];
}

/** The policies that it names, with their severities. @throws exception_refused */
async function knownPolicies({ db, org }: OrgCtx, { pack, match }: Wish): Promise<RuledWish["policies"]> {
  const known = await listPolicyNames(db, org.id, pack);
  if (!known) throw newError("exception_refused", { problem: "pack", pack, organization: org.name });
  const severities = new Map(known.map((policy) => [policy.name, policy.severities]));
  const named = policiesOf(match);
  const unknown = named.filter((policy) => policy === "all" || !severities.has(policy));
  if (unknown.length > 0) throw newError("exception_refused", { problem: "policies", pack, policies: listed(unknown) });
  return named.map((name) => ({ name, severities: severities.get(name) ?? [] }));
}

/** Each policy that the entries name, once. */
export function policiesOf(match: readonly MatchEntry[]): string[] {
  return [...new Set(match.flatMap(({ policies }) => policies))];
}

const TOLD = 10;

function listed(policies: readonly string[]): string {
  const told = policies.slice(0, TOLD).map((policy) => JSON.stringify(policy));
  const more = policies.length > TOLD ? ` and ${policies.length - TOLD} more` : "";
  return `${policies.length === 1 ? "the policy" : "the policies"} ${told.join(", ")}${more}`;
}
