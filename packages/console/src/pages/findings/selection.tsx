import { Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { messageOf } from "../../api.ts";
import { counted, written } from "../../shared/numbers.ts";
import { BulkTriageForm } from "./bulk-triage.tsx";
import { AT_ONCE, readIds } from "./queries.ts";
import type { FindingFilter } from "./search.ts";

export interface Selection {
  ids: ReadonlySet<string>;
  /** Whether all that match are selected, or as many as can be changed at once. */
  isAll: boolean;
  isReading: boolean;
  /** How many match. */
  count: number;
  toggle: (id: string) => void;
  toggleAll: () => void;
  clear: () => void;
}

const nothing: ReadonlySet<string> = new Set();

/** Which findings of a list are selected. With other filters none is. */
export function useSelection({ org, filter, count }: { org: string; filter: FindingFilter; count: number }): Selection {
  const { sort: _, ...which } = filter;
  const of = JSON.stringify(which);
  const [selected, setSelected] = useState({ of, ids: nothing });
  const ids = selected.of === of ? selected.ids : nothing;
  const all = useMutation({
    mutationFn: () => readIds(org, filter),
    onSuccess: (read) => setSelected({ of, ids: new Set(read) }),
    onError: (error) => notifications.show({ color: "red", title: "Nothing was selected", message: messageOf(error) }),
  });
  const toggle = useCallback(
    (id: string) =>
      setSelected((before) => {
        const after = new Set(before.of === of ? before.ids : nothing);
        if (!after.delete(id)) after.add(id);
        return { of, ids: after };
      }),
    [of],
  );
  const clear = () => setSelected({ of, ids: nothing });
  const isAll = ids.size > 0 && ids.size >= Math.min(count, AT_ONCE);
  return { ids, isAll, isReading: all.isPending, count, toggle, clear, toggleAll: isAll ? clear : () => all.mutate() };
}

/** What can be done with the selected findings. It stays in sight. */
export function SelectionBar({ org, selection }: { org: string; selection: Selection }) {
  const [opened, { open, close }] = useDisclosure();
  const { ids, isAll, isReading, count, toggleAll, clear } = selection;
  if (ids.size === 0) return null;
  return (
    <Paper
      withBorder
      shadow="md"
      p="xs"
      mt="xs"
      component="section"
      aria-label="Selected findings"
      style={{ position: "sticky", bottom: 8, zIndex: 3 }}
    >
      <Group gap="xs" justify="space-between">
        <Text size="sm" role="status">
          {written(ids.size)} selected
          {ids.size > AT_ONCE && `. At most ${written(AT_ONCE)} can be changed at once.`}
        </Text>
        <Group gap="xs">
          {!isAll && (
            <Button variant="default" size="xs" loading={isReading} onClick={toggleAll}>
              {count > AT_ONCE
                ? `Select the first ${written(AT_ONCE)} of ${written(count)}`
                : `Select all ${written(count)}`}
            </Button>
          )}
          <Button variant="default" size="xs" onClick={clear}>
            Select none
          </Button>
          <Button size="xs" onClick={open} disabled={ids.size > AT_ONCE}>
            Triage {counted(ids.size, "finding")}
          </Button>
        </Group>
      </Group>
      <BulkTriageForm org={org} ids={ids} opened={opened} close={close} done={clear} />
    </Paper>
  );
}
