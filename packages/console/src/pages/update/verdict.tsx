import { Alert, Anchor } from "@mantine/core";
import { IconAlertTriangle, IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { isUnproven } from "../../shared/receipt.ts";
import type { Run } from "../../shared/runs.tsx";
import { countsQuery } from "./policies/queries.ts";
import type { RunName } from "./queries.ts";
import { whyFailed } from "./why-failed.ts";

interface Props {
  name: RunName;
  run: Run;
  show: (tab: string) => void;
}

/** What a failed run failed of, and where to read on. */
export function Verdict({ name, run, show }: Props) {
  const { status, results } = run;
  if (results.mandatory > 0 && status !== "succeeded")
    return (
      <Alert
        color="red"
        icon={<IconHandStop />}
        title={`${status === "running" ? "Mandatory policies are violated" : "Stopped by policies"}: ${results.mandatory}${results.more ? "+" : ""} ${results.mandatory === 1 ? "violation" : "violations"}`}
      >
        Each is below, with the resource and how to fix it, where its pack says so. Ask for an exception for one that
        has to stay for a while.
      </Alert>
    );
  if (status === "failed") return <Failed name={name} run={run} show={show} />;
  if (isUnproven(run))
    return (
      <Alert
        color="orange"
        icon={<IconAlertTriangle />}
        title={`No violation was reported, but the receipt is ${run.receipt}`}
      >
        It is not known that every policy was asked.{" "}
        <Anchor component="button" inherit underline="always" onClick={() => show("receipt")}>
          The receipt
        </Anchor>{" "}
        says what is missing.
      </Alert>
    );
  return null;
}

/** Of a run that no mandatory violation has stopped. */
function Failed({ name, run, show }: Props) {
  const { data } = useQuery(countsQuery(name, run));
  // Until it is known, nothing is said of policies.
  const { title, broken } = data ? whyFailed(data.packs) : { title: "It failed", broken: false };
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={title}>
      {broken && "What is known of the reason is below, beside the pack. "}
      <Anchor component="button" inherit underline="always" onClick={() => show("messages")}>
        The messages
      </Anchor>{" "}
      {broken ? "have all of it." : "say why."}
    </Alert>
  );
}
