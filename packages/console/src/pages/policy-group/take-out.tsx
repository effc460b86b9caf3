import { Text } from "@mantine/core";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import type { PolicyGroup } from "../policy-groups/queries.ts";

interface TakeOutProps {
  stack: { name: string; routingProject: string };
  group: PolicyGroup;
  etag: string;
}

/** Takes a stack out of the list of a group, or out of the default group. */
export function TakeOut({ stack, group, etag }: TakeOutProps) {
  const { name: orgName } = useOrganization();
  const path = `${stack.routingProject}/${stack.name}`;
  const change = useChange(() =>
    api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
      params: { orgName, policyGroup: group.name },
      body: { removeStack: stack },
      headers: { "if-match": etag },
    }),
  );
  return (
    <Confirm
      label="Take out"
      title={`Take ${path} out`}
      mutation={change}
      size="compact-xs"
      aria-label={`Take out ${path}`}
    >
      <Text size="sm">
        It leaves {group.name}. {leaving("It need", group)}
      </Text>
    </Confirm>
  );
}

/** @param who such as `3 stacks need`: what they need not do any more when they leave the group. */
export function leaving(who: string, { mode, appliedPolicyPacks }: PolicyGroup): string {
  const packs = appliedPolicyPacks.map(({ name }) => name).join(", ");
  if (mode === "audit" || packs === "") return `${who} not run anything because of the group as it is.`;
  return `${who} not run ${packs} any more, unless another policy group asks for it. Open findings of what need not run are closed.`;
}
