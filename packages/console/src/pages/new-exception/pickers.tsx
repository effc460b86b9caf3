import { Autocomplete, Pill, Select, TagsInput, type TagsInputProps, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { clearButton } from "../../shared/clear-button.ts";
import { Bdi } from "../../shared/strangers.tsx";
import { Resource, shortened } from "../../shared/urn.tsx";
import { versionQuery } from "../policy-packs/queries.ts";
import { resourcesQuery } from "../stack/resources/queries.ts";
import { stacksQuery } from "../stacks/queries.ts";
import { packNamesQuery, violatorsQuery } from "./queries.ts";

// Each offers what is there, and takes what is typed: an exception may be for another version of the pack, or a resource that comes.

/** What the server takes at once. */
const MOST = 100;

/** In milliseconds. */
const TYPING = 200;

export function PackPicker({ org, value, onChange }: { org: string; value: string; onChange: (pack: string) => void }) {
  const names = useQuery(packNamesQuery(org)).data ?? [];
  return <Autocomplete label="Policy pack" data={names} value={value} onChange={onChange} required maxLength={200} />;
}

interface TextsProps {
  value: string[];
  onChange: (texts: string[]) => void;
}

export function PolicyPicker({ org, pack, ...texts }: TextsProps & { org: string; pack: string }) {
  const known = useQuery(packNamesQuery(org)).data?.includes(pack) ?? false;
  const policies = useQuery({ ...versionQuery(org, pack, "latest"), enabled: known }).data?.policies ?? [];
  return (
    <Texts
      {...texts}
      label="Policies"
      description="Choose some of the pack, or type a name and press Enter"
      data={policies.map(({ name }) => name)}
      shown={(name) => shortened(name)}
    />
  );
}

interface ResourceProps extends TextsProps {
  org: string;
  pack: string;
  policies: string[];
}

export function ResourcePicker({ org, pack, policies, ...texts }: ResourceProps) {
  const [stack, setStack] = useState<string | null>(null);
  const violators = useQuery({ ...violatorsQuery(org, pack, policies), enabled: stack === null }).data ?? [];
  const [projectName = "", stackName = ""] = stack?.split("/") ?? [];
  const ofStack = useInfiniteQuery({
    ...resourcesQuery({ orgName: org, projectName, stackName }),
    enabled: stack !== null,
  });
  const resources = ofStack.data?.pages.flatMap(({ resources }) => resources.map(({ urn }) => urn)) ?? [];
  return (
    <>
      <StackPicker org={org} value={stack} onChange={setStack} />
      <Texts
        {...texts}
        label="Resources"
        description="Choose some by a part of their URN, or write a URN and press Enter"
        data={stack === null ? violators : resources}
        shown={(urn) => (
          <>
            <Resource urn={urn} /> <InStack urn={urn} />
          </>
        )}
        onDropdownOpen={() => {
          if (stack !== null && ofStack.hasNextPage) void ofStack.fetchNextPage();
        }}
      />
    </>
  );
}

/** Of which stack `urn:pulumi:STACK::PROJECT::…` is. */
function InStack({ urn }: { urn: string }) {
  const [start = "", project = ""] = urn.split("::", 2);
  const stack = start.slice("urn:pulumi:".length);
  if (!stack || !project) return null;
  return (
    <Text span size="xs" c="dimmed">
      in <Bdi text={shortened(`${project}/${stack}`)} />
    </Text>
  );
}

interface StackProps {
  org: string;
  value: string | null;
  onChange: (stack: string | null) => void;
}

/** Of which stack resources are offered. */
function StackPicker({ org, value, onChange }: StackProps) {
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed === value ? "" : typed, TYPING);
  const { data, isFetching } = useInfiniteQuery(stacksQuery(org, { name: search.slice(0, 200) }));
  const found = data?.pages.flatMap(({ stacks }) => stacks.map(({ project, stack }) => `${project}/${stack}`)) ?? [];
  return (
    <Select
      label="Offer the resources of a stack"
      description="Else those that violate the policies now are offered"
      placeholder="a part of a project's or stack's name"
      data={[...new Set([...found, ...(value ? [value] : [])])]}
      // The server has searched.
      filter={({ options }) => options}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      value={value}
      onChange={onChange}
      clearable
      clearButtonProps={clearButton("Offer what violates the policies")}
      nothingFoundMessage={isFetching ? "Loading" : "No stack matches"}
    />
  );
}

interface TextsInputProps extends TextsProps, Pick<TagsInputProps, "label" | "description" | "onDropdownOpen"> {
  data: readonly string[];
  /** How one is shown when it is chosen, and before. */
  shown: (text: string) => ReactNode;
}

/** Several texts, each of which may contain commas, and be another in upper case. */
function Texts({ data, shown, ...input }: TextsInputProps) {
  return (
    <TagsInput
      {...input}
      data={[...new Set(data)]}
      limit={100}
      maxTags={MOST}
      splitChars={["\n"]}
      isDuplicate={(text, others) => others.includes(text)}
      required
      renderOption={({ option: { value } }) => <span className="text">{shown(value)}</span>}
      renderPill={({ value = "", onRemove }) => (
        <Pill
          withRemoveButton
          maw="100%"
          title={shortened(value, 2000)}
          {...(onRemove && { onRemove })}
          removeButtonProps={clearButton(`Take out ${shortened(value)}`)}
        >
          {shown(value)}
        </Pill>
      )}
    />
  );
}
