import { Button, Tabs, Text } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useOrganization } from "../../session.ts";
import { ManagersEmpty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { counted } from "../../shared/numbers.ts";
import { Page } from "../../shared/page.tsx";
import { Facts } from "../policy-pack-version/facts.tsx";
import { Policies } from "../policy-pack-version/policies.tsx";
import { Readme } from "../policy-pack-version/readme.tsx";
import { RemovePack } from "../policy-pack-version/remove.tsx";
import { type Pack, packHealthQuery, packQuery, versionQuery } from "../policy-packs/queries.ts";
import { AppliedGroups } from "./applied.tsx";
import { EnablePack } from "./enable.tsx";
import { Health } from "./health.tsx";
import { Versions } from "./versions.tsx";

const route = getRouteApi("/signed-in/$org/insights/policypacks/$pack");

export function PolicyPackPage() {
  const { org, pack } = route.useParams();
  const query = useQuery(packQuery(org, pack));
  return (
    <Page
      title={pack}
      about={query.data && <About pack={query.data} />}
      above={
        <Go to="/$org/insights/policypacks" params={{ org }}>
          Policy packs
        </Go>
      }
      actions={query.data && <Actions pack={query.data} />}
    >
      <Loaded query={query}>
        {(found) =>
          found ? (
            <PackTabs pack={found} />
          ) : (
            <ManagersEmpty title={`No policy pack ${pack} is published`} command={`pulumi policy publish ${org}`}>
              It may have been removed. To publish it, type in its folder:
            </ManagersEmpty>
          )
        }
      </Loaded>
    </Page>
  );
}

function About({ pack: { name, displayName, stacks, policyGroups } }: { pack: Pack }) {
  return (
    <>
      {displayName && displayName !== name && (
        <Text span inherit lineClamp={2}>
          {displayName}
        </Text>
      )}
      Enabled in {counted(policyGroups.length, "policy group")}; {counted(stacks, "stack")} must run it.
    </>
  );
}

function Actions({ pack }: { pack: Pack }) {
  const { isPolicyManager } = useOrganization();
  const [enabling, enable] = useDisclosure();
  if (!isPolicyManager) return null;
  return (
    <>
      <Button onClick={enable.open}>Enable in a policy group</Button>
      <RemovePack pack={pack.name} versions={pack.versions} applied={pack.policyGroups.length > 0} />
      {enabling && <EnablePack pack={pack.name} version={pack.newest.versionTag} close={enable.close} />}
    </>
  );
}

function PackTabs({ pack }: { pack: Pack }) {
  const { name: org } = useOrganization();
  const { tab = "applied", find = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const newest = useQuery(versionQuery(org, pack.name, pack.newest.versionTag));
  const failing =
    useQuery(packHealthQuery(org, pack.name)).data?.versions.reduce((sum, one) => sum + one.failingStacks, 0) ?? 0;
  const setFind = useDebouncedCallback(
    (text: string) => void navigate({ search: (before) => ({ ...before, find: text }), replace: true }),
    200,
  );
  return (
    <>
      <Text size="sm" c="dimmed" mb={4}>
        The newest version, whose policies and readme are shown here:
      </Text>
      {newest.data && <Facts version={newest.data} />}
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: { tab: value ?? "applied" } })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="applied">Where it applies</Tabs.Tab>
          <Tabs.Tab value="health" {...(failing > 0 && { color: "red" })}>
            {failing > 0 ? `Health (${counted(failing, "stack fails", "stacks fail")})` : "Health"}
          </Tabs.Tab>
          <Tabs.Tab value="versions">Versions ({pack.versions})</Tabs.Tab>
          <Tabs.Tab value="policies">Policies ({pack.newest.policies})</Tabs.Tab>
          <Tabs.Tab value="readme">Readme</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="applied">
          <AppliedGroups pack={pack} />
        </Tabs.Panel>
        <Tabs.Panel value="health">
          <Health pack={pack.name} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions pack={pack} />
        </Tabs.Panel>
        <Tabs.Panel value="policies">
          <Loaded query={newest}>
            {({ policies }) => <Policies pack={pack.name} policies={policies} find={find} onFind={setFind} />}
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="readme">
          <Loaded query={newest}>{({ readme }) => <Readme text={readme} />}</Loaded>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
