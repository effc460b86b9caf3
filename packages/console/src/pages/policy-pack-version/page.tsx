import { Badge, Button, Group, Tabs, Text } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { EnablePack } from "../policy-pack/enable.tsx";
import { type PackVersion, packQuery, versionQuery } from "../policy-packs/queries.ts";
import { Comparison } from "./comparison.tsx";
import { Facts } from "./facts.tsx";
import { Policies } from "./policies.tsx";
import { Readme } from "./readme.tsx";
import { RemoveVersion } from "./remove.tsx";

const route = getRouteApi("/signed-in/$org/insights/policypacks/$pack/$version");

/** The page whose address `pulumi policy publish` prints. */
export function PolicyPackVersionPage() {
  const { org, pack, version } = route.useParams();
  const query = useQuery(versionQuery(org, pack, version));
  return (
    <Page
      title={`${pack} ${query.data?.versionTag || version}`}
      about={
        query.data &&
        query.data.displayName !== pack && (
          <Text span inherit lineClamp={2}>
            {query.data.displayName}
          </Text>
        )
      }
      above={
        <>
          <Go to="/$org/insights/policypacks" params={{ org }}>
            Policy packs
          </Go>
          {" / "}
          <Go to="/$org/insights/policypacks/$pack" params={{ org, pack }}>
            {pack}
          </Go>
        </>
      }
      actions={query.data && <Actions version={query.data} />}
    >
      <Loaded query={query}>{(found) => <Version version={found} />}</Loaded>
    </Page>
  );
}

function Version({ version }: { version: PackVersion }) {
  const { tab = "policies", with: other = "", find = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: { tab?: string; with?: string; find?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: "find" in change });
  const setFind = useDebouncedCallback((text: string) => set({ find: text }), 200);
  return (
    <>
      <AppliedIn version={version} />
      <Facts version={version} />
      <Tabs value={tab} onChange={(value) => set({ tab: value ?? "policies" })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="policies">Policies ({version.policies.length})</Tabs.Tab>
          <Tabs.Tab value="difference">Difference</Tabs.Tab>
          <Tabs.Tab value="readme">Readme</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="policies">
          <Policies pack={version.name} policies={version.policies} find={find} onFind={setFind} />
        </Tabs.Panel>
        <Tabs.Panel value="difference">
          <Comparison version={version} other={other} onOther={(name) => set({ with: name })} />
        </Tabs.Panel>
        <Tabs.Panel value="readme">
          <Readme text={version.readme} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function AppliedIn({ version: { name: pack, version } }: { version: PackVersion }) {
  const { name: org } = useOrganization();
  const groups = useQuery(packQuery(org, pack)).data?.policyGroups.filter((group) => group.version === version) ?? [];
  if (groups.length === 0) return null;
  return (
    <Group gap="xs" mb="sm">
      {groups.map(({ name, follows }) => (
        <Badge key={name} color="teal" tt="none" miw={0} maw="100%">
          {follows ? "followed by" : "enabled in"}{" "}
          <Go to="/$org/insights/policygroups/$group" params={{ org, group: name }} inherit c="inherit">
            {name}
          </Go>
        </Badge>
      ))}
    </Group>
  );
}

function Actions({ version }: { version: PackVersion }) {
  const { isPolicyManager } = useOrganization();
  const [enabling, enable] = useDisclosure();
  if (!isPolicyManager) return null;
  const name = version.versionTag || String(version.version);
  return (
    <>
      <Button onClick={enable.open}>Enable in a policy group</Button>
      <RemoveVersion pack={version.name} version={name} applied={version.applied} />
      {enabling && <EnablePack pack={version.name} version={name} close={enable.close} />}
    </>
  );
}
