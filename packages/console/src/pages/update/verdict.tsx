import { Alert, Anchor } from "@mantine/core";
import { IconAlertTriangle, IconHandStop } from "@tabler/icons-react";
import { isUnproven } from "../../shared/receipt.ts";
import type { Run } from "../../shared/runs.tsx";

/** What a failed run failed of, and where to read on. */
export function Verdict({ run, show }: { run: Run; show: (tab: string) => void }) {
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
  if (status === "failed")
    return (
      <Alert color="red" icon={<IconAlertTriangle />} title="It failed, and no mandatory policy was violated">
        <Anchor component="button" inherit underline="always" onClick={() => show("messages")}>
          The messages
        </Anchor>{" "}
        say why.
      </Alert>
    );
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
