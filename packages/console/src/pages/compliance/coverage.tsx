import { SegmentedControl, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Empty } from "../../shared/empty.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { More } from "../../shared/more.tsx";
import { Time } from "../../shared/time.tsx";
import { type StackInState, type StackState, stacksInQuery } from "./queries.ts";

const states: { value: StackState; label: string; about: string }[] = [
  { value: "ungoverned", label: "Not governed", about: "No policy group that enforces takes them in with a pack." },
  {
    value: "never-reported",
    label: "Never reported",
    about: "They must run policy packs, and no update or preview has reported a result yet.",
  },
  { value: "stale", label: "Stale", about: "What they must run now differs from what was evaluated last." },
  { value: "governed", label: "Governed", about: "A policy group that enforces takes them in with a pack." },
];

interface Props {
  org: string;
  state: string | undefined;
  set: (state: StackState) => void;
}

/** Which stacks policies reach, and which they do not. */
export function Coverage({ org, state: wanted, set }: Props) {
  const { value: state, about } =
    states.find(({ value }) => value === wanted) ?? (states[0] as (typeof states)[number]);
  const query = useInfiniteQuery(stacksInQuery(org, state));
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Which stacks"
        data={states.map(({ value, label }) => ({ value, label }))}
        value={state}
        onChange={(value) => set(value as StackState)}
      />
      <Text size="sm" c="dimmed" my="sm">
        {about}
      </Text>
      <More query={query} rowsOf={({ stacks }) => stacks}>
        {(stacks) =>
          stacks.length > 0 ? <Rows org={org} stacks={stacks} /> : <Empty title="There are no such stacks" />
        }
      </More>
    </>
  );
}

function Rows({ org, stacks }: { org: string; stacks: StackInState[] }) {
  return (
    <Listing minWidth={480} columns={["Stack", "Evaluated", "Stale packs"]} label="Stacks">
      {stacks.map(({ project, stack, evaluatedAt, stalePacks }) => (
        <Table.Tr key={`${project}/${stack}`}>
          <Table.Td>
            <Go to="/$org/$project/$stack/settings" params={{ org, project, stack }}>
              {project}/{stack}
            </Go>
          </Table.Td>
          <Table.Td>
            <Time at={evaluatedAt} />
          </Table.Td>
          <Table.Td>{stalePacks.join(", ") || "–"}</Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  );
}
