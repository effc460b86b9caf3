import { Button, Group, NativeSelect, Stack, Switch } from "@mantine/core";
import { ApiError } from "@quillon/contract/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Loaded } from "../../shared/loaded.tsx";
import { Refused } from "../../shared/refused.tsx";
import type { GroupSummary, PolicyGroup } from "../policy-groups/queries.ts";
import { Consequence } from "../policy-pack/consequence.tsx";
import { type PackVersion, versionNamesQuery, versionQuery } from "../policy-packs/queries.ts";
import { type Config, levelOf, levels, withLevel } from "./config.ts";
import { Leftovers } from "./leftovers.tsx";
import { PolicyList } from "./policy-list.tsx";

interface PackFormProps {
  group: PolicyGroup;
  etag: string;
  summary: GroupSummary;
  pack: string;
  /** What is chosen first; empty: the newest version, followed. */
  version: string;
  /** Reads the group again and begins anew. */
  again: () => void;
  close: () => void;
}

/** A pack in a group: which version, the levels of its policies, and their configuration. */
export function PackForm(props: PackFormProps) {
  const { group, pack, version: first } = props;
  const { name: org } = useOrganization();
  const [version, setVersion] = useState(first);
  // Another version is another form, and what was entered stays.
  const [config, setConfig] = useState<Config>(() => enabledIn(group, pack)?.config ?? {});
  const names = useQuery(versionNamesQuery(org, pack));
  const described = useQuery(versionQuery(org, pack, version || "latest"));
  return (
    <Stack>
      <Loaded query={names}>
        {([newest = "", ...older]) => (
          <Group align="flex-end">
            <NativeSelect
              label="Version"
              data={[newest, ...older]}
              value={version || newest}
              disabled={version === ""}
              onChange={({ currentTarget }) => setVersion(currentTarget.value)}
            />
            <Switch
              label="Follow latest"
              description="Change to each new version when it is published"
              checked={version === ""}
              onChange={({ currentTarget }) => setVersion(currentTarget.checked ? "" : newest)}
            />
          </Group>
        )}
      </Loaded>
      <Loaded query={described}>
        {(found) => <Settings {...props} {...{ version, config, setConfig }} described={found} />}
      </Loaded>
    </Stack>
  );
}

const enabledIn = (group: PolicyGroup, pack: string) => group.appliedPolicyPacks.find(({ name }) => name === pack);

interface SettingsProps extends PackFormProps {
  config: Config;
  setConfig: (config: Config) => void;
  described: PackVersion;
}

function Settings({ group, etag, summary, pack, version, config, setConfig, described, again, close }: SettingsProps) {
  const enabled = enabledIn(group, pack);
  const save = useSave({ group: group.name, etag, pack, version, config, done: close });
  const details = save.error instanceof ApiError ? save.error.details : [];
  return (
    <Stack>
      <Consequence
        group={{ ...group, numStacks: summary.numStacks }}
        pack={`${pack} ${version || described.versionTag}`}
        runtime={described.runtime}
        enabled={enabled}
        same={enabled?.version === described.version}
        follow={version === ""}
      />
      <NativeSelect
        label="Level of all policies"
        description="A policy with a level of its own keeps that."
        data={[{ value: "", label: "as the pack says" }, ...levels]}
        value={levelOf(config, "all")}
        onChange={({ currentTarget }) => setConfig(withLevel(config, "all", currentTarget.value))}
        maw={280}
      />
      <Leftovers policies={described.policies} config={config} onChange={setConfig} />
      <PolicyList policies={described.policies} config={config} onChange={setConfig} problems={details} />
      {save.error && <Refused error={save.error} again={again} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {enabled ? "Save" : "Enable"}
        </Button>
      </Group>
    </Stack>
  );
}

interface Save {
  group: string;
  etag: string;
  pack: string;
  version: string;
  config: Config;
  done: () => void;
}

function useSave({ group, etag, pack, version, config, done }: Save) {
  const { name: orgName } = useOrganization();
  const params = { orgName, policyGroup: group };
  const headers = { "if-match": etag };
  return useChange(
    () =>
      version === ""
        ? api.call("PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/policypacks/{policyPackName}/follow", {
            params: { ...params, policyPackName: pack },
            body: { follow: true, config },
            headers,
          })
        : api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
            params,
            body: {
              addPolicyPack: {
                name: pack,
                versionTag: version,
                ...(Object.keys(config).length > 0 && { config }),
              },
            },
            headers,
          }),
    done,
  );
}
