import { Select, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { written } from "../../shared/numbers.ts";
import { Severity } from "../../shared/words.tsx";
import { FindingGroups } from "./groups.tsx";
import { type GroupName, valuesQuery } from "./queries.ts";
import { type FindingFilter, NONE, type SetFilter } from "./search.ts";

const RESOURCE = "resource";
const groupings = [
  { value: RESOURCE, label: "Resource" },
  { value: "policy", label: "Policy" },
  { value: "pack", label: "Policy pack" },
  { value: "group", label: "Policy group" },
  { value: "severity", label: "Severity" },
  { value: "project", label: "Project" },
  { value: "stack", label: "Stack" },
  { value: "assignee", label: "Owner" },
];

/** Findings by what they have in common. */
export function Grouped({ org, filter, set }: { org: string; filter: FindingFilter; set: SetFilter }) {
  const by = groupings.find(({ value }) => value === filter.by)?.value ?? RESOURCE;
  return (
    <>
      <Select
        label="Group by"
        size="xs"
        w={200}
        data={groupings}
        value={by}
        onChange={(value) => set({ by: value && value !== RESOURCE ? value : undefined })}
        allowDeselect={false}
      />
      {by === RESOURCE ? (
        <FindingGroups org={org} filter={filter} />
      ) : (
        <ByValue org={org} filter={filter} by={by as GroupName} />
      )}
    </>
  );
}

function ByValue({ org, filter, by }: { org: string; filter: FindingFilter; by: GroupName }) {
  const query = useQuery(valuesQuery(org, { ...filter, [by]: undefined }, by));
  const title = groupings.find(({ value }) => value === by)?.label ?? by;
  const { view: _, by: __, ...same } = filter;
  return (
    <Loaded query={query}>
      {({ values }) =>
        values.length > 0 ? (
          <Listing
            minWidth={300}
            columns={[title, { number: "Findings" }]}
            label={`Findings by ${title.toLowerCase()}`}
          >
            {values.map(({ name, count }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Value by={by} name={name} />
                </Table.Td>
                <Table.Td ta="right">
                  <Go to="/$org/insights/findings" params={{ org }} search={{ ...same, [by]: name || NONE }}>
                    {written(count)}
                  </Go>
                </Table.Td>
              </Table.Tr>
            ))}
          </Listing>
        ) : (
          <Empty title="No finding matches">Take a filter away, or look at those that have ended.</Empty>
        )
      }
    </Loaded>
  );
}

function Value({ by, name }: { by: GroupName; name: string }) {
  if (!name)
    return (
      <Text span inherit c="dimmed">
        {by === "assignee" ? "nobody" : "none"}
      </Text>
    );
  return by === "severity" ? <Severity of={name} /> : <span className="text">{name.slice(0, 1000)}</span>;
}
