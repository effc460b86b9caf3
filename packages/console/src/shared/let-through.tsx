import { Text } from "@mantine/core";
import type { NamedException } from "@quillon/contract";
import { Go } from "./links.tsx";
import { Bdi } from "./strangers.tsx";
import { hasEnded, Time } from "./time.tsx";

/** So many exceptions are named. */
const MOST = 5;

/** The exceptions because of which a violation does not count, each with its reason and its end. */
export function LetThrough({ org, exceptions = [] }: { org: string; exceptions?: NamedException[] | undefined }) {
  const shown = exceptions.slice(0, MOST).map(({ id, reason, expiresAt }) => (
    <Text key={id} size="sm" c="dimmed" className="text">
      Let through by{" "}
      <Go to="/$org/insights/exceptions/$id" params={{ org, id }} underline="always">
        {id}
      </Go>
      {expiresAt && (
        <>
          , which {hasEnded(expiresAt) ? "ended" : "ends"} <Time at={expiresAt} />
        </>
      )}
      {reason && ": "}
      <Bdi text={reason} />
    </Text>
  ));
  return (
    <>
      {shown}
      {exceptions.length > MOST && (
        <Text size="sm" c="dimmed">
          and {exceptions.length - MOST} more
        </Text>
      )}
    </>
  );
}
