import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Run } from "../../../shared/runs.tsx";
import { eventsQuery, type RunName } from "../queries.ts";
import type { Result } from "./grouping.ts";
import { type PropertyChange, propertyChanges } from "./property-changes.ts";

interface RemediationEvent {
  policyRemediationEvent?: {
    resourceUrn?: string;
    policyName?: string;
    policyPackName?: string;
    before?: unknown;
    after?: unknown;
  };
}

/** What policies changed, by pack, policy and URN. */
export type Remediations = ReadonlyMap<string, PropertyChange[]>;

export const remediationKey = (pack: string, policy: string, urn: string) => JSON.stringify([pack, policy, urn]);

export function remediationsOf(events: readonly unknown[]): Remediations {
  return new Map(
    events.flatMap((event) => {
      const { policyRemediationEvent: said } = (event ?? {}) as RemediationEvent;
      if (!said) return [];
      const { policyPackName = "", policyName = "", resourceUrn = "", before = {}, after = {} } = said;
      return [[remediationKey(policyPackName, policyName, resourceUrn), propertyChanges(before, after)]];
    }),
  );
}

/** What policies changed in a run, as far as its first events tell it. Read when one of these results is a remediation. */
export function useRemediations(name: RunName, run: Run, results: readonly Result[]): Remediations {
  const enabled = results.some(({ kind }) => kind === "remediated");
  const { data } = useQuery({ ...eventsQuery(name, run, "policyRemediationEvent"), enabled });
  return useMemo(() => remediationsOf(data?.events ?? []), [data]);
}
