import { Badge, Card, Code, Group, Spoiler, Stack, Text } from "@mantine/core";
import type { Api, ReplyOf } from "@quillon/contract";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../../session.ts";
import { Empty } from "../../../shared/empty.tsx";
import { Go } from "../../../shared/links.tsx";
import { Loaded } from "../../../shared/loaded.tsx";
import { explainedQuery } from "../../../shared/membership.ts";
import { shownJson } from "../../../shared/strangers.tsx";
import { useStackName } from "../queries.ts";
import { requiredQuery } from "./queries.ts";

type Explained = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/policypacks"]
>["policyPacks"][number];
type Required = ReplyOf<
  Api["GET /api/stacks/{orgName}/{projectName}/{stackName}/policypacks"]
>["requiredPolicies"][number];

export function Packs() {
  const name = useStackName();
  const required = useQuery(requiredQuery(name));
  const explained = useQuery(explainedQuery(name));
  return (
    <Loaded query={explained}>
      {({ policyPacks }) =>
        policyPacks.length > 0 ? (
          <Loaded query={required}>
            {({ requiredPolicies }) => (
              <Stack gap="sm">
                {policyPacks.map((pack) => (
                  <Pack
                    key={pack.name}
                    pack={pack}
                    required={requiredPolicies.find(({ name }) => name === pack.name)}
                  />
                ))}
              </Stack>
            )}
          </Loaded>
        ) : (
          <NoPacks />
        )
      }
    </Loaded>
  );
}

function Pack({ pack, required }: { pack: Explained; required: Required | undefined }) {
  const { orgName: org } = useStackName();
  return (
    <Card withBorder padding="sm">
      <Group gap="xs">
        <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: pack.name }} fw={600}>
          {pack.name}
        </Go>
        {required ? (
          <Go
            to="/$org/insights/policypacks/$pack/$version"
            params={{ org, pack: pack.name, version: required.versionTag || String(required.version) }}
            size="sm"
          >
            {required.versionTag || `version ${required.version}`}
          </Go>
        ) : (
          <Badge color="gray">not run</Badge>
        )}
        {required?.environments && required.environments.length > 0 && (
          <Text size="sm" c="dimmed" className="text">
            with the environments {required.environments.join(", ")}
          </Text>
        )}
      </Group>
      <Stack gap={2} mt={4}>
        {pack.groups.map((group) => (
          <Text key={group.name} size="sm" className="text">
            <Go to="/$org/insights/policygroups/$group" params={{ org, group: group.name }} underline="always">
              {group.name}
            </Go>{" "}
            <Text span size="sm" c="dimmed">
              {group.versionTag || `version ${group.version}`}: {group.reason}.
            </Text>
          </Text>
        ))}
      </Stack>
      <Configuration config={required?.config} />
    </Card>
  );
}

/** The level of each policy and its other settings, as the group has them. */
function Configuration({ config }: { config: Required["config"] }) {
  const policies = Object.entries(config ?? {});
  if (policies.length === 0) return null;
  return (
    <Spoiler maxHeight={160} showLabel="Show all of the configuration" hideLabel="Show less" mt="xs">
      <Stack gap={4}>
        {policies.map(([policy, settings]) => (
          <Group key={policy} gap="xs" align="flex-start" wrap="nowrap">
            <Text size="sm" className="text" miw={140} maw="40%">
              {policy === "all" ? "every policy" : policy}
            </Text>
            <Code block className="text" p={4} style={{ flex: 1, whiteSpace: "pre-wrap" }}>
              {typeof settings === "string" ? settings : shownJson(settings)}
            </Code>
          </Group>
        ))}
      </Stack>
    </Spoiler>
  );
}

function NoPacks() {
  const { name, isPolicyManager } = useOrganization();
  return (
    <Empty
      title="No policies are asked of this stack"
      {...(isPolicyManager && { command: `pulumi policy enable ${name}/PACK latest` })}
    >
      A pack that a policy group of this stack has is run in each of its previews and updates.
      {isPolicyManager ? " Enable one for every stack:" : " Policy managers enable packs."}
    </Empty>
  );
}
