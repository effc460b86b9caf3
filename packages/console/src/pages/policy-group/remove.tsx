import { Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { counted } from "../../shared/numbers.ts";
import type { GroupSummary } from "../policy-groups/queries.ts";

type ButtonSize = "sm" | "compact-xs";

export function RemoveGroup({ group, size }: { group: GroupSummary; size: ButtonSize }) {
  const { name: orgName } = useOrganization();
  const navigate = useNavigate();
  const change = useChange(
    () =>
      api.call("DELETE /api/orgs/{orgName}/policygroups/{policyGroup}", {
        params: { orgName, policyGroup: group.name },
      }),
    () => navigate({ to: "/$org/insights/policygroups", params: { org: orgName } }),
  );
  return (
    <Confirm
      label="Remove"
      title={`Remove ${group.name}`}
      mutation={change}
      size={size}
      aria-label={`Remove ${group.name}`}
    >
      <Text size="sm">{consequenceOf(group)} The packs stay published.</Text>
    </Confirm>
  );
}

function consequenceOf({ mode, numStacks, numEnabledPolicyPacks }: GroupSummary): string {
  if (mode === "audit" || numStacks === 0 || numEnabledPolicyPacks === 0)
    return "No stack has to run a policy pack because of it.";
  const packs = counted(numEnabledPolicyPacks, "policy pack");
  return `${counted(numStacks, "stack")} need not run its ${packs} any more, unless another policy group has them. The open findings of what need not run are closed.`;
}
