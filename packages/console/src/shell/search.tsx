import "@mantine/spotlight/styles.css";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconPackage, IconScale, IconSearch, IconStack2, IconZoomExclamation } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { api } from "../api.ts";
import { useOrganization } from "../session.ts";
import { useReturnFocus } from "../shared/return-focus.ts";
import { readUrn, shortened } from "../shared/urn.tsx";

const MOST = 8;

/** Whether it is shown, as Mantine keeps it. */
const [shown, { open }] = createSpotlight();

interface Found {
  label: string;
  about: string;
  icon: ReactNode;
  go: () => Promise<void>;
}

const stacksQuery = (orgName: string, search: string) =>
  queryOptions({
    queryKey: ["search", "stacks", orgName, search],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/stacks", {
        params: { orgName },
        query: { search: search.slice(0, 200) },
      }),
  });

const policiesQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["search", "policies", orgName],
    queryFn: async () => {
      const params = { orgName };
      const [{ policyPacks }, { policyGroups }] = await Promise.all([
        api.call("GET /api/orgs/{orgName}/policypacks", { params }),
        api.call("GET /api/orgs/{orgName}/policygroups", { params }),
      ]);
      return { packs: policyPacks.map(({ name }) => name), groups: policyGroups.map(({ name }) => name) };
    },
    staleTime: 60_000,
  });

/** So many findings at most tell policies and resources: those that changed last. */
const RECENT = 1_000;

/** The policies and resources of open findings that changed lately, those with the most first. */
const violatedQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["search", "violated", orgName],
    queryFn: async () => {
      const [policies, urns] = await Promise.all([valuesOf(orgName, "policyName"), valuesOf(orgName, "resourceURN")]);
      return { policies, urns };
    },
    staleTime: 60_000,
  });

async function valuesOf(orgName: string, field: string): Promise<string[]> {
  const { values } = await api.call("POST /api/orgs/{orgName}/policyresults/issues/filters", {
    params: { orgName },
    body: { field },
  });
  return values.map(({ name }) => name);
}

/** Finds stacks, packs and groups by a part of their name, and findings by a part of their policy or resource. */
export function Search({ close }: { close: () => void }) {
  useReturnFocus();
  useEffect(open, []);
  const [text, setText] = useState("");
  const { found, says } = useFound(text.trim());
  return (
    <Spotlight.Root store={shown} query={text} onQueryChange={setText} onSpotlightClose={close} shortcut={null}>
      <Spotlight.Search
        placeholder="A stack, a policy pack, a group, or a policy or resource with findings"
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {found.map(({ label, about, icon, go }) => (
          <Spotlight.Action
            key={`${about} ${label}`}
            label={label}
            description={about}
            leftSection={icon}
            onClick={() => {
              close();
              void go();
            }}
          />
        ))}
        {found.length === 0 && <Spotlight.Empty>{says}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** What has the text in its name, and what to say when that is nothing. */
function useFound(text: string): { found: Found[]; says: string } {
  const { name: org } = useOrganization();
  const navigate = useNavigate();
  const [asked] = useDebouncedValue(text, 150);
  const stacks = useQuery({ ...stacksQuery(org, asked), enabled: asked !== "" });
  const policies = useQuery(policiesQuery(org));
  const violated = useQuery({ ...violatedQuery(org), enabled: asked !== "" });
  if (text === "") return { found: [], says: "Type a part of a name." };
  const isLooking = asked !== text || [stacks, policies, violated].some(({ isFetching }) => isFetching);
  const lookFor = text.toLowerCase();
  const some = (names: readonly string[] | undefined, nameOf = (name: string) => name) =>
    (names ?? []).filter((name) => nameOf(name).toLowerCase().includes(lookFor)).slice(0, MOST);
  const params = { org };
  const found = [
    ...(stacks.data?.stacks ?? []).slice(0, MOST).map(({ project, stack }) => ({
      label: `${project}/${stack}`,
      about: "Stack",
      icon: <IconStack2 size={18} />,
      go: () => navigate({ to: "/$org/$project/$stack", params: { org, project, stack } }),
    })),
    ...some(policies.data?.packs).map((pack) => ({
      label: pack,
      about: "Policy pack",
      icon: <IconPackage size={18} />,
      go: () => navigate({ to: "/$org/insights/policypacks/$pack", params: { org, pack } }),
    })),
    ...some(policies.data?.groups).map((group) => ({
      label: group,
      about: "Policy group",
      icon: <IconScale size={18} />,
      go: () => navigate({ to: "/$org/insights/policygroups/$group", params: { org, group } }),
    })),
    ...some(violated.data?.policies).map((policy) => ({
      label: `Findings of policy ${shortened(policy)}`,
      about: "Findings",
      icon: <IconZoomExclamation size={18} />,
      go: () => navigate({ to: "/$org/insights/findings", params, search: { policy } }),
    })),
    ...some(violated.data?.urns, (urn) => readUrn(urn).name).map((urn) => ({
      label: `Findings of ${shortened(readUrn(urn).name)}`,
      about: shortened(urn),
      icon: <IconZoomExclamation size={18} />,
      go: () => navigate({ to: "/$org/insights/findings", params, search: { urn } }),
    })),
  ];
  if (isLooking) return { found, says: "Looking." };
  const isPart = (violated.data?.urns.length ?? 0) >= RECENT;
  return {
    found,
    says: isPart
      ? "Nothing that changed lately has such a name. The list of findings has them all."
      : "Nothing has such a name.",
  };
}
