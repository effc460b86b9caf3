import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { counted } from "../../shared/numbers.ts";
import { groupsQuery, type PolicyGroup } from "../policy-groups/queries.ts";
import { leaving } from "./take-out.tsx";

interface RemoveRuleProps {
  group: PolicyGroup;
  etag: string;
  done: () => Promise<void>;
}

/** Takes a group's rule away, in whichever form it was written. */
export function RemoveRule({ group, etag, done }: RemoveRuleProps) {
  const { name: orgName } = useOrganization();
  const summary = useQuery(groupsQuery(orgName)).data?.policyGroups.find(({ name }) => name === group.name);
  const change = useChange(
    () =>
      api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
        params: { orgName, policyGroup: group.name },
        body: { removeStackMatchRule: true },
        headers: { "if-match": etag },
      }),
    done,
  );
  if (!group.selector && !group.stackMatchRule && !group.ruleNotWritten) return null;
  const stacks = (summary?.numStacks ?? 0) - group.stacks.length;
  return (
    <Confirm label="Remove the rule" title="Remove it" mutation={change} size="sm">
      <Text size="sm">
        {counted(stacks, "stack leaves", "stacks leave")} the group. {leaving("They need", group)}
      </Text>
    </Confirm>
  );
}
