import type { PassedException } from "@quillon/contract/passed-exceptions";

/** An exception that has been read. */
export interface Exception extends PassedException {
  id: string;
}

/** What one exception says of one URN. */
interface Entry {
  exception: Exception;
  policies: readonly string[];
}

/** The exceptions for the violations of one policy at one URN. */
interface Excepting {
  /** The first ones. */
  named: Exception[];
  last: Exception;
  count: number;
  /** Made for the first violation, and the same for all. */
  sentence?: string;
}

/** Of the exceptions for one violation, those that its message names. */
const NAMED = 5;

/** Which violations must not fail anything. It is made once, when the pack is configured, and asked for each violation. */
export class Exceptions {
  /** By URN, until there is a violation: exceptions may name many more policies and URNs than are violated. */
  readonly #entries = new Map<string, Entry[]>();
  /** By URN and policy, where there was one. */
  readonly #excepting = new Map<string, Map<string, Excepting>>();

  constructor(exceptions: Exception[] = []) {
    for (const exception of byId(exceptions)) {
      for (const { policies, targets } of exception.match) {
        for (const urn of targets) {
          const entries = this.#entries.get(urn);
          if (entries) entries.push({ exception, policies });
          else this.#entries.set(urn, [{ exception, policies }]);
        }
      }
    }
  }

  /**
   * What the exceptions for a violation say, for one sentence: each once, EXC-2 before EXC-10. Undefined when there is none. Policy and
   * URN must be the same to the byte, as the engine wants it.
   */
  excepting(policy: string, urn: string): string | undefined {
    const found = (this.#excepting.get(urn) ?? this.#sort(urn))?.get(policy);
    if (!found) return undefined;
    found.sentence ??= sentenceOf(found);
    return found.sentence;
  }

  /** Only what is told of them is kept, because a pack may be given thousands, in memory for as long as it runs. */
  #sort(urn: string): Map<string, Excepting> | undefined {
    const entries = this.#entries.get(urn);
    if (!entries) return undefined;
    const sorted = byPolicy(entries);
    this.#excepting.set(urn, sorted);
    this.#entries.delete(urn);
    return sorted;
  }
}

function byId(exceptions: Exception[]): Exception[] {
  if (exceptions.length < 2) return exceptions;
  const { compare } = new Intl.Collator("en", { numeric: true });
  return [...exceptions].sort((a, b) => compare(a.id, b.id));
}

function byPolicy(entries: readonly Entry[]): Map<string, Excepting> {
  const found = new Map<string, Excepting>();
  for (const { exception, policies } of entries) {
    for (const policy of policies) {
      const all = found.get(policy);
      if (!all) found.set(policy, { named: [exception], last: exception, count: 1 });
      // The entries of one exception follow each other.
      else if (all.last !== exception) {
        if (all.count < NAMED) all.named.push(exception);
        all.last = exception;
        all.count += 1;
      }
    }
  }
  return found;
}

function sentenceOf({ named, count }: Excepting): string {
  const says = named.map(saying).join(", and ");
  return count > NAMED ? `${says}, and ${count - NAMED} more` : says;
}

function saying({ id, reason, expiresAt }: Exception): string {
  const end = expiresAt ? `until ${expiresAt}` : "without an end";
  return `${id} excepts it ${end} (reason: ${reason.replace(/\s+/g, " ").trim()})`;
}
