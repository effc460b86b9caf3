import { Button, Group, NativeSelect, Select, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { GoButton } from "../../shared/links.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { groupQuery, groupsQuery, type PolicyGroup } from "../policy-groups/queries.ts";
import { versionNamesQuery, versionQuery } from "../policy-packs/queries.ts";
import { Consequence } from "./consequence.tsx";

interface EnableProps {
  pack: string;
  /** The version that is chosen first; empty: the newest one, followed. */
  version: string;
  /** The group that is chosen first. */
  group?: string;
  close: () => void;
}

/** Enables a version of a pack in a policy group, or goes back to it. The group keeps its configuration of the pack. */
export function EnablePack({ pack, version: first, group: firstGroup, close }: EnableProps) {
  const { name: org } = useOrganization();
  const [group, setGroup] = useState<string | null>(firstGroup ?? null);
  const [version, setVersion] = useState(first);
  const groups = useQuery(groupsQuery(org));
  const names = useQuery(versionNamesQuery(org, pack));
  // Of the version before until this one's is read, so that the buttons stay where they are.
  const described = useQuery({ ...versionQuery(org, pack, version || "latest"), placeholderData: keepPreviousData });
  const runtime = described.data?.runtime;
  return (
    <Dialog close={close} title={`Enable ${pack}`}>
      <Loaded query={groups}>
        {({ policyGroups }) => (
          <Stack>
            <Select
              label="Policy group"
              placeholder="choose one"
              searchable
              data={policyGroups
                .filter(({ entityType }) => entityType === "stacks")
                .map(({ name, numStacks }) => ({ value: name, label: `${name} (${counted(numStacks, "stack")})` }))}
              value={group}
              onChange={setGroup}
            />
            <NativeSelect
              label="Version"
              data={[
                { value: "", label: "the newest, always (follow latest)" },
                ...(names.data ?? [first].filter(Boolean)),
              ]}
              value={version}
              onChange={({ currentTarget }) => setVersion(currentTarget.value)}
            />
            {group ? (
              <Enabling key={`${group} ${version}`} {...{ group, pack, version, runtime, close }} />
            ) : (
              <Group justify="flex-end">
                <Button disabled title="Choose a policy group first">
                  Enable
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
    </Dialog>
  );
}

interface Choice {
  pack: string;
  version: string;
  runtime: string | undefined;
  close: () => void;
}

function Enabling({ group, ...choice }: Choice & { group: string }) {
  const { name: org } = useOrganization();
  const query = useQuery(groupQuery(org, group));
  return <Loaded query={query}>{({ reply, etag }) => <Confirmation group={reply} etag={etag} {...choice} />}</Loaded>;
}

function Confirmation({ group, etag, pack, version, runtime, close }: Choice & { group: PolicyGroup; etag: string }) {
  const { name: org } = useOrganization();
  const numStacks =
    useQuery(groupsQuery(org)).data?.policyGroups.find(({ name }) => name === group.name)?.numStacks ?? 0;
  const enabled = group.appliedPolicyPacks.find(({ name }) => name === pack);
  const params = { orgName: org, policyGroup: group.name };
  const change = useChange(
    () =>
      version === ""
        ? api.call("PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow", {
            params: { ...params, policyPackName: pack },
            body: { follow: true },
            headers: { "if-match": etag },
          })
        : api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
            params,
            // A pack that is sent without configuration loses the one that it has.
            body: {
              addPolicyPack: { name: pack, versionTag: version, ...(enabled?.config && { config: enabled.config }) },
            },
            headers: { "if-match": etag },
          }),
    close,
  );
  const isThere =
    enabled !== undefined &&
    (version === "" ? enabled.follows === true : !enabled.follows && nameOf(enabled) === version);
  return (
    <>
      {isThere ? (
        <Text size="sm">{group.name} has it enabled in just this way.</Text>
      ) : (
        <Consequence
          group={{ ...group, numStacks }}
          pack={`${pack} ${version || "in its newest version"}`}
          runtime={runtime}
          enabled={enabled}
          follow={version === ""}
        />
      )}
      {enabled?.config && <Text size="sm">The group's configuration of {pack} stays as it is.</Text>}
      {change.error && <Problem error={change.error} />}
      <Group justify="flex-end">
        <GoButton
          to="/$org/insights/policygroups/$group"
          params={{ org, group: group.name }}
          search={{ pack, version: version || "latest" }}
          variant="default"
        >
          Configure first
        </GoButton>
        <Button loading={change.isPending} disabled={isThere} onClick={() => change.mutate()}>
          Enable
        </Button>
      </Group>
    </>
  );
}

const nameOf = ({ version, versionTag }: { version: number; versionTag: string }) => versionTag || String(version);
