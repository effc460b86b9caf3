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

/** Finds stacks, packs and groups by a part of their name, and findings by policy or resource. */
export function Search({ close }: { close: () => void }) {
  useReturnFocus();
  useEffect(open, []);
  const [text, setText] = useState("");
  const found = useFound(text.trim());
  return (
    <Spotlight.Root store={shown} query={text} onQueryChange={setText} onSpotlightClose={close} shortcut={null}>
      <Spotlight.Search
        placeholder="A stack, a policy pack, a group, a policy or a resource"
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
        {text.trim() === "" && <Spotlight.Empty>Type a part of a name.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useFound(text: string): Found[] {
  const { name: org } = useOrganization();
  const navigate = useNavigate();
  const [asked] = useDebouncedValue(text, 150);
  const stacks = useQuery({ ...stacksQuery(org, asked), enabled: asked !== "" });
  const policies = useQuery(policiesQuery(org));
  if (text === "") return [];
  const matches = (name: string) => name.toLowerCase().includes(text.toLowerCase());
  return [
    ...(stacks.data?.stacks ?? []).slice(0, MOST).map(({ project, stack }) => ({
      label: `${project}/${stack}`,
      about: "Stack",
      icon: <IconStack2 size={18} />,
      go: () => navigate({ to: "/$org/$project/$stack", params: { org, project, stack } }),
    })),
    ...(policies.data?.packs ?? [])
      .filter(matches)
      .slice(0, MOST)
      .map((pack) => ({
        label: pack,
        about: "Policy pack",
        icon: <IconPackage size={18} />,
        go: () => navigate({ to: "/$org/insights/policypacks/$pack", params: { org, pack } }),
      })),
    ...(policies.data?.groups ?? [])
      .filter(matches)
      .slice(0, MOST)
      .map((group) => ({
        label: group,
        about: "Policy group",
        icon: <IconScale size={18} />,
        go: () => navigate({ to: "/$org/insights/policygroups/$group", params: { org, group } }),
      })),
    {
      label: `Findings of policy ${text}`,
      about: "Findings",
      icon: <IconZoomExclamation size={18} />,
      go: () => navigate({ to: "/$org/insights/findings", params: { org }, search: { policy: text } }),
    },
  ];
}
