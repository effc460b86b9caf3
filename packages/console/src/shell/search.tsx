import "@mantine/spotlight/styles.css";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import type { Api, ReplyOf } from "@quillon/contract";
import { IconCube, IconGavel, IconPackage, IconScale, IconSearch, IconStack2 } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { api, messageOf } from "../api.ts";
import { useOrganization } from "../session.ts";
import { useReturnFocus } from "../shared/return-focus.ts";
import { readUrn, shortened } from "../shared/urn.tsx";

/** Whether it is shown, as Mantine keeps it. */
const [shown, { open }] = createSpotlight();

type SearchReply = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/search"]>;

interface Found {
  label: string;
  about: string;
  icon: ReactNode;
  go: () => Promise<void>;
}

const searchQuery = (orgName: string, text: string) =>
  queryOptions({
    queryKey: ["search", orgName, text],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/search", { params: { orgName }, query: { text: text.slice(0, 1000) } }),
    staleTime: 10_000,
  });

interface SearchProps {
  text: string;
  setText: (text: string) => void;
  close: () => void;
}

/** Finds stacks, policy packs, policies and groups by a part of their names, and resources by the beginning of theirs or their type. */
export function Search({ text, setText, close }: SearchProps) {
  useReturnFocus();
  useEffect(open, []);
  const { found, says, leftOut } = useFound(text.trim());
  return (
    <Spotlight.Root store={shown} query={text} onQueryChange={setText} onSpotlightClose={close} shortcut={null}>
      <Spotlight.Search
        placeholder="A stack, a policy pack, a policy, a policy group or a resource"
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {found.map(({ label, about, icon, go }, index) => (
          <Spotlight.Action
            // biome-ignore lint/suspicious/noArrayIndexKey: resources of a stack with different parents can look the same
            key={`${about} ${label} ${index}`}
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
      {leftOut && <Spotlight.Footer>{LEFT_OUT}</Spotlight.Footer>}
    </Spotlight.Root>
  );
}

/** What the server finds, what to say when that is nothing, and whether it has not looked at all resources. */
function useFound(text: string): { found: Found[]; says: string; leftOut?: boolean } {
  const { name: org } = useOrganization();
  const [asked] = useDebouncedValue(text, 150);
  const { data, error, isFetching } = useQuery({ ...searchQuery(org, asked), enabled: asked !== "" });
  const entries = useEntries(org);
  if (text === "") return { found: [], says: "Type a part of a name." };
  // What was found of the text before is not shown, or who is fast would open it.
  if (asked !== text || (isFetching && !data)) return { found: [], says: "Looking." };
  if (!data) return { found: [], says: messageOf(error) };
  // A stack with such a name must not look as if no resource had it, so this is said of whatever was found.
  return {
    found: entries(data),
    says: data.resourcesLeftOut ? "Nothing was found." : NOTHING,
    leftOut: data.resourcesLeftOut,
  };
}

const NOTHING =
  "Nothing has such a name. A resource is found by how its name begins, or by a part of its type, once an update has had a policy pack evaluate it. All resources of a stack are on its page.";
const LEFT_OUT = "There are too many resources like this to look at all of them. Type more of the name.";

/** What each of the things that are found is called, and where it leads. */
function useEntries(org: string): (found: SearchReply) => Found[] {
  const navigate = useNavigate();
  return ({ stacks, policyPacks, policies, policyGroups, resources }) => [
    ...stacks.map(({ project, stack }) => ({
      label: `${project}/${stack}`,
      about: "Stack",
      icon: <IconStack2 size={18} />,
      go: () => navigate({ to: "/$org/$project/$stack", params: { org, project, stack } }),
    })),
    ...policyPacks.map(({ name: pack, displayName }) => ({
      label: pack,
      about: ["Policy pack", ...(displayName === pack ? [] : [shortened(displayName)])].join(": "),
      icon: <IconPackage size={18} />,
      go: () => navigate({ to: "/$org/insights/policypacks/$pack", params: { org, pack } }),
    })),
    ...policies.map(({ policyPack: pack, versionTag: version, name, displayName }) => ({
      label: shortened(name),
      about: `Policy of ${pack} ${version}${displayName && displayName !== name ? `: ${shortened(displayName)}` : ""}`,
      icon: <IconGavel size={18} />,
      go: () =>
        navigate({
          to: "/$org/insights/policypacks/$pack/$version",
          params: { org, pack, version },
          search: { find: name },
        }),
    })),
    ...policyGroups.map(({ name: group }) => ({
      label: group,
      about: "Policy group",
      icon: <IconScale size={18} />,
      go: () => navigate({ to: "/$org/insights/policygroups/$group", params: { org, group } }),
    })),
    ...resources.map(({ project, stack, urn }) => {
      const { type, name } = readUrn(urn);
      return {
        label: shortened(name),
        about: `${shortened(type)} in ${project}/${stack}`,
        icon: <IconCube size={18} />,
        go: () =>
          navigate({
            to: "/$org/$project/$stack/resources",
            params: { org, project, stack },
            search: { text: `${type}::${name}` },
          }),
      };
    }),
  ];
}
