import type { PassedException } from "@quillon/contract/passed-exceptions";

/** An exception that has been read. */
export interface Exception extends Pick<PassedException, "match"> {
  id: string;
  /** For people: what it does, how long and why. */
  says: string;
}

/** What the exceptions of one URN say. */
interface AtUrn {
  entries: { says: string; policies: readonly string[] }[];
  /** Made for the first violation there, because exceptions may name many more policies and URNs than are violated. */
  byPolicy?: Map<string, string[]>;
}

/** Of the exceptions for one violation, those that its message names. */
const NAMED = 5;

/** Which violations must not fail anything. It is made once, when the pack is configured, and asked for each violation. */
export class Exceptions {
  readonly #byUrn = new Map<string, AtUrn>();

  constructor(exceptions: Exception[] = []) {
    for (const { says, match } of byId(exceptions)) {
      for (const { policies, targets } of match) {
        for (const urn of targets) {
          const at = this.#byUrn.get(urn);
          if (at) at.entries.push({ says, policies });
          else this.#byUrn.set(urn, { entries: [{ says, policies }] });
        }
      }
    }
  }

  /**
   * What the exceptions for a violation say, for one sentence: each once, EXC-2 before EXC-10. Undefined when there is none. Policy and
   * URN must be the same to the byte, as the engine wants it.
   */
  excepting(policy: string, urn: string): string | undefined {
    const at = this.#byUrn.get(urn);
    if (!at) return undefined;
    at.byPolicy ??= byPolicy(at);
    const says = at.byPolicy.get(policy);
    if (!says) return undefined;
    const named = says.slice(0, NAMED).join(", and ");
    return says.length > NAMED ? `${named}, and ${says.length - NAMED} more` : named;
  }
}

function byId(exceptions: Exception[]): Exception[] {
  if (exceptions.length < 2) return exceptions;
  const { compare } = new Intl.Collator("en", { numeric: true });
  return [...exceptions].sort((a, b) => compare(a.id, b.id));
}

function byPolicy({ entries }: AtUrn): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { says, policies } of entries) {
    for (const policy of policies) {
      const all = found.get(policy);
      if (!all) found.set(policy, [says]);
      // The entries of one exception follow each other.
      else if (all.at(-1) !== says) all.push(says);
    }
  }
  return found;
}

/** What an exception says. It is made once, because many resources may violate one policy. */
export function saying(id: string, { reason, expiresAt }: PassedException): string {
  const end = expiresAt ? `until ${expiresAt}` : "without an end";
  return `${id} excepts it ${end} (reason: ${reason.replace(/\s+/g, " ").trim()})`;
}
