import type { PassedException } from "@quillon/contract/passed-exceptions";

/** An exception that has been read. */
export interface Exception extends Pick<PassedException, "match"> {
  id: string;
  /** For people: what it does, how long and why. */
  says: string;
}

/** What of an exception is about one URN. */
interface Entry {
  exception: Exception;
  policies: ReadonlySet<string>;
}

const NONE: readonly Exception[] = [];

/** Which violations must not fail anything. It is made once, when the pack is configured, and asked for each violation. */
export class Exceptions {
  readonly #byUrn = new Map<string, Entry[]>();

  constructor(exceptions: Exception[] = []) {
    for (const exception of byId(exceptions)) {
      for (const { policies, targets } of exception.match) {
        const entry = { exception, policies: new Set(policies) };
        for (const urn of new Set(targets)) {
          const entries = this.#byUrn.get(urn);
          if (entries) entries.push(entry);
          else this.#byUrn.set(urn, [entry]);
        }
      }
    }
  }

  /** The exceptions for a violation, each once, EXC-2 before EXC-10. Policy and URN must be the same to the byte, as the engine wants it. */
  of(policy: string, urn: string): readonly Exception[] {
    const entries = this.#byUrn.get(urn)?.filter(({ policies }) => policies.has(policy));
    return entries?.length ? [...new Set(entries.map(({ exception }) => exception))] : NONE;
  }
}

function byId(exceptions: Exception[]): Exception[] {
  if (exceptions.length < 2) return exceptions;
  const { compare } = new Intl.Collator("en", { numeric: true });
  return [...exceptions].sort((a, b) => compare(a.id, b.id));
}

/** What the exceptions say, for one sentence. */
export function excepting(exceptions: readonly Exception[]): string {
  return exceptions.map(({ says }) => says).join(", and ");
}

/** What an exception says. It is made once, because many resources may violate one policy. */
export function saying(id: string, { reason, expiresAt }: PassedException): string {
  const end = expiresAt ? `until ${expiresAt}` : "without an end";
  return `${id} excepts it ${end} (reason: ${reason.replace(/\s+/g, " ").trim()})`;
}
