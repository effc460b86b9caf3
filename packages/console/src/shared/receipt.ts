import type { Run } from "./runs.tsx";

/** Whether nothing was reported of a run of which it is not known that its policies were asked. So it is no success. */
export function isUnproven({ receipt, results }: Pick<Run, "receipt" | "results">): boolean {
  const { mandatory, advisory, excepted, remediated } = results;
  return (receipt === "missing" || receipt === "incomplete") && mandatory + advisory + excepted + remediated === 0;
}
