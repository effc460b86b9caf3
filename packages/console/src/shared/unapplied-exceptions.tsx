import { Text } from "@mantine/core";
import type { NamedException } from "@quillon/contract";
import { Go } from "./links.tsx";

/** Exceptions that match a violation which is blocked all the same, and what to do about it. */
export function UnappliedExceptions({
  org,
  exceptions = [],
}: {
  org: string;
  exceptions?: NamedException[] | undefined;
}) {
  if (exceptions.length === 0) return null;
  return (
    <Text size="sm" component="div" className="text">
      Not let through, although{" "}
      {exceptions.map(({ id }, place) => (
        <span key={id}>
          {place > 0 && ", "}
          <Go to="/$org/insights/exceptions/$id" params={{ org, id }} underline="always">
            {id}
          </Go>
        </span>
      ))}{" "}
      {exceptions.length === 1 ? "matches" : "match"}: the Pulumi CLI of this run is too old to apply exceptions, and
      the policy pack did not. Run with Pulumi CLI 3.274 or newer.
    </Text>
  );
}
