interface Counts {
  runs: number;
  failed: number;
  failing: number;
  workedAt: Date | null;
  failedAt: Date | null;
}

/** The health of a version of a pack. Without counts no run had to ask it. */
export function healthOf(counts: Counts | undefined) {
  const { runs = 0, failed = 0, failing = 0, workedAt, failedAt } = counts ?? {};
  return {
    runs,
    failedRuns: failed,
    failingStacks: failing,
    ...(workedAt && { workedAt: workedAt.toISOString() }),
    ...(failedAt && { failedAt: failedAt.toISOString() }),
  };
}
