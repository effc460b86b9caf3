import { oneOf } from "./errors/table.ts";

/** Phrases that end a sentence. */
const noSelector = oneOf({
  several_in_alternatives: (_: object) => "several conditions together are one of its alternatives",
  exclusion_in_alternatives: (_: object) => "an exclusion is one of its alternatives",
  alternatives_twice: (_: object) => "it has alternatives more than once",
  no_values: (_: object) => "it has a condition without values",
  many: (p: { count: number; most: number; list: "all" | "any" | "except" }) =>
    `it would have ${p.count} conditions in the list ${p.list}, which has at most ${p.most}`,
  long: (p: { tag: string; most: number }) =>
    `a value of the tag ${p.tag} would have more than ${p.most} characters, because of the backslash before each *, ? and backslash`,
});

/** Why no selector says what a stackMatchRule says. */
export type NoSelector = Parameters<typeof noSelector>[0];

/**
 * Warnings by id, each one whole sentence or more made from its parameters. A warning is sent with a reply that is not an
 * error. The Pulumi CLI prints it.
 */
export const warnings = {
  pack_version_lower: (p: { pack: string; tag: string; higher: string }) =>
    `${p.pack} ${p.tag} is lower than ${p.higher}, which is published. It becomes the newest version, so "latest" will mean ${p.tag}.`,

  pack_bill_unread: (p: { pack: string; version: string; file: string; found: string }) =>
    `The bill of materials in ${p.pack} ${p.version}, ${p.file}, can't be read: ${p.found}. So the version is not found by what is in it.`,

  /** `problems` are whole sentences, or phrases about properties. */
  group_stays: (p: { group: string; pack: string; enabled: string; published: string; problems: string }) =>
    `Policy group ${p.group} stays on ${p.enabled} of policy pack ${p.pack}, because its configuration does not fit ${p.published}: ${p.problems}`,

  group_same_packs: (p: { organization: string; group: string }) => {
    const word = p.group.includes(" ") ? `"${p.group}"` : p.group;
    return (
      `Policy group ${p.group} keeps the policy packs that it has. To remove one, --remove-policy-pack needs PACK@VERSION, with the ` +
      `version that pulumi policy group get ${word} shows; PACK alone removes nothing. ` +
      `Or: pulumi policy disable ${p.organization}/PACK --policy-group ${word}`
    );
  },

  /** Without an id it is one that somebody asks for. */
  exception_stacks: (p: { id?: string; stacks: string }) =>
    `${p.id ? `Policy exception ${p.id}` : "The policy exception"} names URNs of ${p.stacks}, but you can read no stack of that name. If there is none, it has no effect before there is one.`,

  group_stack_stays: (p: { stack: string; group: string }) =>
    `Stack ${p.stack} is not in the list of policy group ${p.group} any more, but its rule takes it in.`,

  group_rule_not_evaluated: (_: object) =>
    "The rule about accounts is kept, but nothing evaluates it: nothing here scans accounts.",

  /** `because`: a condition of the selector, as JSON. */
  group_rule_no_match_rule: (p: { group: string; because: string }) =>
    `Policy group ${p.group} has more stacks than its list, by a selector that stackMatchRule can't say: that has only tags and exact values, and the selector has ${p.because}. To see it: quillon group show`,

  group_rule_no_selector: (p: { group: string; because: NoSelector }) =>
    `A selector can't say the stackMatchRule of policy group ${p.group}: ${noSelector(p.because)}.`,

  exception_clients: (p: { id?: string; stacks: string; pack: string; effect: "blocked" | "unknown" }) =>
    p.effect === "blocked"
      ? `The last run of ${p.stacks} was by a Pulumi CLI before 3.274, which does not know exceptions. Policy pack ${p.pack} does not ` +
        `apply ${p.id ?? "it"} there, because it is in Python or on another SDK than @quillon/policy, so it still blocks, until CLI 3.274 or newer runs the stack.`
      : `The last run of ${p.stacks} was by a Pulumi CLI before 3.274, which does not know exceptions. There only policy packs on ` +
        `@quillon/policy apply ${p.id ?? "it"}; a pack on another SDK still blocks there, until CLI 3.274 or newer runs the stack.`,

  exceptions_unapplied: (p: { pack: string; ids: string; version: string }) =>
    `Policy exceptions match violations of policy pack ${p.pack} in this stack (${p.ids}), but an earlier preview was stopped all the same: ` +
    `Pulumi CLI ${p.version} does not apply exceptions, and the pack did not. Run with Pulumi CLI 3.274 or newer, which does.`,

  exceptions_unapplied_elsewhere: (p: { pack: string; ids: string }) =>
    `Policy exceptions match violations of policy pack ${p.pack} in this stack (${p.ids}), but an earlier preview was stopped all the same, ` +
    `because the pack did not apply them. Publish it by quillon policy publish, so that it does.`,

  group_not_evaluated: (p: { kind: "accounts" | "audit" }) =>
    p.kind === "accounts"
      ? "This group is not evaluated yet: accounts are kept, but nothing here scans them."
      : "This group is not evaluated yet: an audit group is kept, but no update has to run its packs.",
};
