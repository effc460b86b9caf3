import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Changes, Outcome, Receipt, type Run } from "../../shared/runs.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { shortened } from "../../shared/urn.tsx";
import { sourceOf } from "./environment.tsx";
import { eventsQuery, type RunName } from "./queries.ts";

/** Who ran what and when, in one line. */
export function Facts({ name, run }: { name: RunName; run: Run }) {
  const { status, startedAt, endedAt, requestedBy, receipt } = run;
  const { commit, branch, link, ci } = sourceOf(run.environment);
  return (
    <Group gap="lg" align="flex-start">
      <Fact label="Outcome">
        <Outcome of={status} />
      </Fact>
      <Fact label="By">{requestedBy?.githubLogin ?? "somebody who was removed"}</Fact>
      <Fact label="Begun">
        <Time at={startedAt} />
      </Fact>
      {endedAt && <Fact label="Took">{duration(startedAt, endedAt)}</Fact>}
      <Fact label="Resources">
        <ChangesOf name={name} run={run} />
      </Fact>
      {(commit || branch) && (
        <Fact label="Commit">
          <Bdi text={commit?.slice(0, 8)} /> <Bdi text={branch && shortened(branch, 60)} />
        </Fact>
      )}
      {ci && (
        <Fact label="Pipeline">
          {link ? (
            <Anchor href={link} rel="noreferrer" target="_blank" size="sm">
              {ci}
            </Anchor>
          ) : (
            ci
          )}
        </Fact>
      )}
      {receipt && (
        <Fact label="Receipt">
          <Receipt of={receipt} />
        </Fact>
      )}
    </Group>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div" className="text">
        {children}
      </Text>
    </div>
  );
}

/** What it changed. Only the event with which a run ends says it of a preview. */
function ChangesOf({ name, run }: { name: RunName; run: Run }) {
  if (run.resourceChanges) return <Changes of={run.resourceChanges} />;
  if (run.kind === "import" || run.kind === "rename") return <>{run.resourceCount ?? 0} in the state</>;
  return <PlannedChanges name={name} run={run} />;
}

function PlannedChanges({ name, run }: { name: RunName; run: Run }) {
  const { data } = useQuery(eventsQuery(name, run, "summaryEvent"));
  const [event] = data?.events ?? [];
  const { summaryEvent } = (event ?? {}) as { summaryEvent?: { resourceChanges?: Record<string, number> } };
  if (!summaryEvent?.resourceChanges) return <>{run.endedAt ? "not known" : soFar(run)}</>;
  return <Changes of={summaryEvent.resourceChanges} />;
}

const soFar = ({ resourceCount }: Run) => (resourceCount === undefined ? "…" : `${resourceCount} in the state so far`);

/** Two units at most: `1 h 5 min`, `42 s`. */
export function duration(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
