import { Button, Group, MultiSelect, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Problem } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import type { PolicyGroup } from "../policy-groups/queries.ts";
import { everyStack, selectorMatchesQuery } from "./match-queries.ts";

/** How many edits the server takes at once. */
const MOST = 100;

/** Picks stacks for the list of a group. */
export function AddStacks({ group, etag }: { group: PolicyGroup; etag: string }) {
  const { name: orgName } = useOrganization();
  const [picked, setPicked] = useState<string[]>([]);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, 200);
  const found = useQuery(selectorMatchesQuery(orgName, everyStack, search)).data?.stacks ?? [];
  const change = useChange(
    () =>
      api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}/batch", {
        params: { orgName, policyGroup: group.name },
        body: picked.map((path) => ({ addStack: stackOf(path) })),
        headers: { "if-match": etag },
      }),
    () => setPicked([]),
  );
  const names = found.map(({ name, routingProject }) => `${routingProject}/${name}`);
  const packs = group.appliedPolicyPacks.map(({ name }) => name).join(", ");
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <MultiSelect
          label="Pick stacks"
          placeholder="a part of a project's or stack's name"
          data={[...new Set([...picked, ...names])]}
          // The server has searched, with rules of its own.
          filter={({ options }) => options}
          searchable
          searchValue={typed}
          onSearchChange={setTyped}
          value={picked}
          onChange={setPicked}
          maxValues={MOST}
          nothingFoundMessage="No stack matches"
          hidePickedOptions
          miw={{ base: "100%", xs: 360 }}
        />
        <Button disabled={picked.length === 0} loading={change.isPending} onClick={() => change.mutate()}>
          Add {picked.length > 0 && picked.length}
        </Button>
      </Group>
      {picked.length > 0 && (
        <Text size="sm" className="text">
          {packs && group.mode === "preventative"
            ? `${counted(picked.length, "stack")} must run ${packs} from the next preview or update on.`
            : "They need not run anything because of that, as the group is now."}
        </Text>
      )}
      {change.error && <Problem error={change.error} />}
    </Stack>
  );
}

function stackOf(path: string) {
  const slash = path.indexOf("/");
  return { routingProject: path.slice(0, slash), name: path.slice(slash + 1) };
}
