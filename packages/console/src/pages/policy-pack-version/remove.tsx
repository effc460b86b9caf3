import { Box, Text, Tooltip } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";

interface RemoveProps {
  pack: string;
  /** Whether a policy group has it enabled: then it can't be removed. */
  applied: boolean;
}

export function RemoveVersion({ pack, version, applied }: RemoveProps & { version: string }) {
  const { name: orgName } = useOrganization();
  const navigate = useNavigate();
  const change = useChange(
    () =>
      api.call("DELETE /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}", {
        params: { orgName, policyPackName: pack, version },
      }),
    () =>
      navigate({ to: "/$org/insights/policypacks/$pack", params: { org: orgName, pack }, search: { tab: "versions" } }),
  );
  return (
    <WhyNot applied={applied}>
      <Confirm label="Remove" title="Remove this version" mutation={change} size="sm" disabled={applied}>
        <Text size="sm">
          Its archive is deleted, and no policy group can go back to it. The name {version} can never be published
          again. No stack is touched, because no policy group has it enabled. Findings and receipts that name it stay.
        </Text>
      </Confirm>
    </WhyNot>
  );
}

export function RemovePack({ pack, versions, applied }: RemoveProps & { versions: number }) {
  const { name: orgName } = useOrganization();
  const navigate = useNavigate();
  const change = useChange(
    () =>
      api.call("DELETE /api/orgs/{orgName}/policypacks/{policyPackName}", {
        params: { orgName, policyPackName: pack },
      }),
    () => navigate({ to: "/$org/insights/policypacks", params: { org: orgName } }),
  );
  return (
    <WhyNot applied={applied}>
      <Confirm label="Remove" title="Remove all versions" mutation={change} size="sm" disabled={applied}>
        <Text size="sm">
          {versions === 1 ? "Its only version is removed" : `All ${versions} versions are removed`} with their archives.
          None of them can ever be published again. No stack is touched, because no policy group has the pack enabled.
        </Text>
      </Confirm>
    </WhyNot>
  );
}

const WHY_NOT = "A policy group has it enabled: disable it there first.";

function WhyNot({ applied, children }: { applied: boolean; children: ReactNode }) {
  if (!applied) return children;
  return (
    <Tooltip label={WHY_NOT} events={{ hover: true, focus: true, touch: true }}>
      {/* A disabled button takes no focus, and so would not say why it is. */}
      <Box component="span" role="group" aria-label={WHY_NOT} tabIndex={0}>
        {children}
      </Box>
    </Tooltip>
  );
}
