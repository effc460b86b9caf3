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
