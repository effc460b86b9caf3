import { Text } from "@mantine/core";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { counted } from "../../shared/numbers.ts";

interface DisableProps {
  pack: string;
  group: string;
  mode: string;
  /** How many the group takes in. */
  stacks: number;
}

/** Disables a pack in a policy group. */
export function DisablePack({ pack, group, mode, stacks }: DisableProps) {
  const { name: orgName } = useOrganization();
  const change = useChange(() =>
    api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
      params: { orgName, policyGroup: group },
      body: { removePolicyPack: { name: pack } },
    }),
  );
  return (
    <Confirm
      label="Disable"
      title={`Disable ${pack} in ${group}`}
      mutation={change}
      size="compact-xs"
      aria-label={`Disable ${pack} in ${group}`}
    >
      <Text size="sm">
        {mode === "audit"
          ? "The mode of the group is audit, so no stack had to run it because of it."
          : `${counted(stacks, "stack")} of ${group} need not run ${pack} any more, unless another policy group has it. Its open findings in stacks that need not run it are closed.`}{" "}
        The group's configuration of the pack is gone then. The pack stays published.
      </Text>
    </Confirm>
  );
}
