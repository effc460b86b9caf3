import type { Verdict } from "./outcome.ts";

/** How often a policy had each result. */
export interface PolicyCoverage {
  violated: number;
  satisfied: number;
  undetermined: number;
  notApplicable: number;
}

/** Which results each policy of a pack had while a test ran, and which it never had. */
export interface Coverage {
  /** By policy name. */
  policies: Record<string, PolicyCoverage>;
  /** Policies that never reported anything, so that no test shows that they can. */
  neverViolated: string[];
  /** Policies that were never satisfied, so that no test shows that they can be. */
  neverSatisfied: string[];
  /** Policies that never read a value that is unknown in a preview. */
  neverUndetermined: string[];
}

/** Counts the results of policies in verdicts. */
export class CoverageCount {
  readonly #counts: Map<string, PolicyCoverage>;

  constructor(policies: string[]) {
    this.#counts = new Map(
      policies.map((name) => [name, { violated: 0, satisfied: 0, undetermined: 0, notApplicable: 0 }]),
    );
  }

  add({ violations, undetermined, notApplicable, satisfied }: Verdict): void {
    const count = (names: string[], what: keyof PolicyCoverage) => {
      for (const name of new Set(names)) {
        const counts = this.#counts.get(name);
        if (counts) counts[what]++;
      }
    };
    count(
      violations.map(({ policy }) => policy),
      "violated",
    );
    count(
      undetermined.map(({ policy }) => policy),
      "undetermined",
    );
    count(
      notApplicable.map(({ policy }) => policy),
      "notApplicable",
    );
    count(satisfied, "satisfied");
  }

  report(): Coverage {
    const entries = [...this.#counts];
    const never = (what: keyof PolicyCoverage) =>
      entries.filter(([, counts]) => counts[what] === 0).map(([name]) => name);
    return {
      policies: structuredClone(Object.fromEntries(entries)),
      neverViolated: never("violated"),
      neverSatisfied: never("satisfied"),
      neverUndetermined: never("undetermined"),
    };
  }
}
