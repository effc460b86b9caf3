import type { OrgCtx } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { givingWay } from "../give-way.ts";
import { type Looks, listMatching, listSeen, type Search } from "./match-queries.ts";
import { parseRule, type SelectableStack, type StackRule } from "./rule.ts";
import { type RuleText, readRule } from "./rule-text.ts";

const PAGE = 500;

/** The stacks that a rule takes in. */
export interface Matches {
  stacks: (SelectableStack & { id: string })[];
  /** How many there are, and how many stacks the organization has; only with the first page, and whatever is searched for. */
  counts: { matched: number; total: number } | undefined;
  /** Of the next page, if there is one. */
  continuationToken: string | undefined;
}

/**
 * One page of the stacks that a rule takes in, in the order of project and name.
 *
 * The rule looks once at all stacks that are alike in what it looks at, however many they are.
 *
 * @param rule JSON of a selector or a stackMatchRule.
 * @param page.search a part of the project's or the stack's name in any case, or `PROJECT/STACK` with parts of both.
 * @throws selector_invalid, match_rule_invalid; invalid_input for a token that this server did not issue.
 */
export async function listMatches(
  { db, org }: OrgCtx,
  rule: RuleText,
  page: { token?: string | undefined; limit?: number | undefined; search?: string | undefined },
): Promise<Matches> {
  const { limit = PAGE, search } = page;
  const after = readCursor(page.token, 2);
  const read = readRule(rule);
  const matcher = parseRule(read);
  const of = { organizationId: org.id, looks: looksOf(read) };
  const all = await listSeen(db, of);
  const matching: typeof all = [];
  const giveWay = givingWay();
  for (const one of all) {
    await giveWay();
    if (matcher.reasons(one.seen)) matching.push(one);
  }
  const seen = matching.map((one) => one.seen);
  const found = await listMatching(db, { ...of, seen, search: readSearch(search), after, limit: limit + 1 });
  const { page: stacks, ...next } = pageOf(found, limit, ({ project, name }) => [project, name]);
  return { stacks, counts: after ? undefined : { matched: sum(matching), total: sum(all) }, ...next };
}

function sum(parts: readonly { stacks: number }[]): number {
  return parts.reduce((total, { stacks }) => total + stacks, 0);
}

function looksOf(rule: StackRule): Looks {
  if ("not" in rule) return looksOf(rule.not);
  if ("all" in rule) return joined(rule.all);
  if ("any" in rule) return joined(rule.any);
  const tags = "tag" in rule && !rule.tag.includes("\0") ? [rule.tag] : [];
  return { project: "project" in rule, name: "stack" in rule, tags };
}

function joined(rules: readonly StackRule[]): Looks {
  const looks = rules.map(looksOf);
  return {
    project: looks.some(({ project }) => project),
    name: looks.some(({ name }) => name),
    tags: [...new Set(looks.flatMap(({ tags }) => tags))],
  };
}

function readSearch(text: string | undefined): Search | undefined {
  if (!text) return undefined;
  const slash = text.indexOf("/");
  if (slash === -1) return { project: text, name: text, both: false };
  return { project: text.slice(0, slash), name: text.slice(slash + 1), both: true };
}
