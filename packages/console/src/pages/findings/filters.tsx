import { Button, Group, MultiSelect, Pill, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { clearButton } from "../../shared/clear-button.ts";
import { written } from "../../shared/numbers.ts";
import { readUrn, shortened } from "../../shared/urn.tsx";
import "./filters.css";
import { type FilterName, fields, valuesQuery } from "./queries.ts";
import { type FindingFilter, NONE, type SetFilter, valuesOf } from "./search.ts";

const labels: Record<FilterName, string> = {
  severity: "Severity",
  status: "Status",
  pack: "Policy pack",
  policy: "Policy",
  group: "Policy group",
  project: "Project",
  assignee: "Owner",
};
const names = Object.keys(labels) as FilterName[];
const nothing = Object.fromEntries(["stack", "urn", "recent", "overdue", ...names].map((name) => [name, undefined]));

interface Props {
  org: string;
  filter: FindingFilter;
  set: SetFilter;
}

/** Each has the values that there are with the other filters, and how many findings have each. */
export function Filters(of: Props) {
  const { filter, set } = of;
  const isFiltered =
    filter.stack || filter.urn || filter.recent || filter.overdue || names.some((name) => filter[name]);
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 2, xs: 3, lg: names.length }} spacing="xs" verticalSpacing="xs">
        {names.map((name) => (
          <Filter key={name} name={name} {...of} />
        ))}
      </SimpleGrid>
      {isFiltered && (
        <Group gap="xs">
          {filter.stack && <Fixed label={`Stack: ${filter.stack}`} remove={() => set({ stack: undefined })} />}
          {filter.urn && (
            <Fixed
              label={`Resource: ${shortened(readUrn(filter.urn).name, 100)}`}
              remove={() => set({ urn: undefined })}
            />
          )}
          {filter.recent && (
            <Fixed
              label={filter.recent === "reopened" ? "Reopened in the last 7 days" : "New in the last 7 days"}
              remove={() => set({ recent: undefined })}
            />
          )}
          {filter.overdue && <Fixed label="Overdue" remove={() => set({ overdue: undefined })} />}
          <Button variant="default" size="compact-xs" onClick={() => set(nothing)}>
            Clear all filters
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Fixed({ label, remove }: { label: string; remove: () => void }) {
  return (
    <Pill withRemoveButton onRemove={remove} size="md" removeButtonProps={clearButton(`Remove: ${label}`)}>
      {label}
    </Pill>
  );
}

/**
 * The first visit of the page would take a third more with a picker for each. So each is a plain field that looks the same until somebody
 * comes to it or it has a value.
 */
function Filter(of: Props & { name: FilterName }) {
  const { filter, name } = of;
  const [wanted, setWanted] = useState<"near" | "focused">();
  const hasValue = valuesOf(filter[name]).length > 0;
  // It stays a picker when its last value is taken out: the focus is in it.
  if (hasValue && !wanted) setWanted("near");
  if (hasValue || wanted) return <Picker autoFocus={wanted === "focused"} {...of} />;
  return (
    <label className="findings-filter" onPointerEnter={() => setWanted("near")}>
      <span>{labels[name]}</span>
      <input
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={false}
        placeholder="any"
        readOnly
        onFocus={() => setWanted("focused")}
      />
    </label>
  );
}

function Picker({ org, filter, set, name, autoFocus }: Props & { name: FilterName; autoFocus: boolean }) {
  const [opened, { open, close }] = useDisclosure();
  const query = useQuery({ ...valuesQuery(org, filter, name), enabled: opened });
  const chosen = valuesOf(filter[name]);
  const counts = new Map(query.data?.values.map(({ name, count }) => [name || NONE, count]));
  // A value with a comma can't be one of several in the URL.
  const known = [...counts.keys()].filter((value) => !value.includes(","));
  return (
    <MultiSelect
      label={labels[name]}
      autoFocus={autoFocus}
      placeholder={chosen.length > 0 ? "" : "any"}
      size="xs"
      styles={{ inputField: { minWidth: 30 } }}
      searchable
      clearable
      hidePickedOptions
      maxDropdownHeight={280}
      data={[...new Set([...chosen, ...known])]}
      value={chosen}
      onChange={(values) => set({ [name]: values.length > 0 ? values.join(",") : undefined })}
      onDropdownOpen={open}
      onDropdownClose={close}
      nothingFoundMessage={
        query.isFetching ? "Loading" : query.error ? "The values could not be read" : "No other value"
      }
      clearButtonProps={clearButton(`Clear ${labels[name]}`)}
      renderOption={({ option }) => (
        <Group justify="space-between" wrap="nowrap" w="100%" gap="xs">
          <Text span size="xs" className="text">
            {option.value.replaceAll("_", " ")}
          </Text>
          <Text span size="xs" c="dimmed">
            {written(counts.get(option.value) ?? 0)}
          </Text>
        </Group>
      )}
    />
  );
}

/** Whether anything but the view is asked for. */
export const isFiltered = (filter: FindingFilter) =>
  Boolean(
    filter.stack ||
      filter.urn ||
      filter.recent ||
      filter.overdue ||
      filter.closed ||
      Object.keys(fields).some((name) => filter[name as FilterName]),
  );
