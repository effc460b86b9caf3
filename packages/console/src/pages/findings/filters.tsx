import { Button, Group, MultiSelect, Pill, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { clearButton } from "../../shared/clear-button.ts";
import { written } from "../../shared/numbers.ts";
import { readUrn, shortened } from "../../shared/urn.tsx";
import { type FilterName, fields, valuesQuery } from "./queries.ts";
import { type FindingFilter, NONE, type SetFilter, valuesOf } from "./search.ts";

const labels: Record<FilterName, string> = {
  severity: "Severity",
  status: "Status",
  pack: "Policy pack",
  policy: "Policy",
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

function Filter({ org, filter, set, name }: Props & { name: FilterName }) {
  const [opened, { open, close }] = useDisclosure();
  const query = useQuery({ ...valuesQuery(org, filter, name), enabled: opened });
  const chosen = valuesOf(filter[name]);
  const counts = new Map(query.data?.values.map(({ name, count }) => [name || NONE, count]));
  // A value with a comma can't be one of several in the URL.
  const known = [...counts.keys()].filter((value) => !value.includes(","));
  return (
    <MultiSelect
      label={labels[name]}
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
