import type { Verdict } from "./outcome.ts";

/** How often a policy came to what. */
export interface PolicyCoverage {
  violated: number;
  satisfied: number;
  undetermined: number;
  notApplicable: number;
}

/** What a test run has shown of a pack's policies, and what not. */
export interface Coverage {
  /** By policy name. */
  policies: Record<string, PolicyCoverage>;
  /** Policies that no test made report anything: nobody knows whether they can. */
  neverViolated: string[];
  /** Policies that reported something each time: they may well do so always. */
  neverSatisfied: string[];
  /** Policies that never met a value that is unknown in a preview. */
  neverUndetermined: string[];
}

/** Counts verdicts. */
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
