import { Button, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Problem } from "../../shared/loaded.tsx";
import { type Finding, findingQuery, membersQuery, triage } from "./queries.ts";
import { changesOf, excuses, type Said, saidOf } from "./triage.ts";

const statuses = [
  { value: "open", label: "open" },
  { value: "in_progress", label: "in progress" },
  { value: "by_design", label: "by design" },
  { value: "ignored", label: "ignored" },
];
const priorities = ["p0", "p1", "p2", "p3", "p4"];

/** What people say of a finding. */
export function TriageForm({ org, finding }: { org: string; finding: Finding }) {
  const { isPolicyManager } = useOrganization();
  const before = saidOf(finding);
  const [said, setSaid] = useState(before);
  const set = (change: Partial<Said>) => setSaid((all) => ({ ...all, ...change }));
  const changes = changesOf(before, said);
  const save = useSave(org, finding.id);
  if (finding.stackRemoved)
    return (
      <Text size="sm" c="dimmed">
        Its stack was removed, so there is nothing to triage.
      </Text>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changes) save.mutate(changes);
  };
  const isExcused = excuses(said.status);
  // Who may not judge may not take a judgement away, either.
  const mayNotJudge = !isPolicyManager && excuses(before.status);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          This changes what is reported, never what is enforced: a mandatory policy stops updates all the same.
        </Text>
        <Select
          label="Status"
          description={
            isPolicyManager ? undefined : "Only policy managers and admins say that a finding is ignored or by design."
          }
          data={statuses.map((status) => ({ ...status, disabled: !isPolicyManager && excuses(status.value) }))}
          value={said.status}
          onChange={(status) => set({ status: status ?? said.status })}
          allowDeselect={false}
          disabled={mayNotJudge}
        />
        {isExcused && !mayNotJudge && <Excuse said={said} set={set} />}
        <Select
          label="Priority"
          data={priorities}
          value={said.priority}
          onChange={(priority) => set({ priority: priority ?? said.priority })}
          allowDeselect={false}
        />
        <Owner org={org} value={said.assignedTo} set={set} />
        {save.error && <Problem error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={!changes} style={{ alignSelf: "flex-start" }}>
          Save
        </Button>
      </Stack>
    </form>
  );
}

function useSave(org: string, id: string) {
  const queries = useQueryClient();
  return useChange(
    (changes: Parameters<typeof triage>[2]) => triage(org, id, changes),
    (answer) => {
      queries.setQueryData(findingQuery(org, id).queryKey, answer);
      notifications.show({ message: "The finding was changed." });
    },
  );
}

interface FieldProps {
  said: Said;
  set: (change: Partial<Said>) => void;
}

/** Why a finding may stay, and until when. */
function Excuse({ said, set }: FieldProps) {
  return (
    <>
      <Textarea
        label="Reason"
        required
        autosize
        minRows={2}
        maxLength={2000}
        value={said.reason}
        onChange={({ currentTarget }) => set({ reason: currentTarget.value })}
      />
      <TextInput
        type="date"
        label="Until the end of"
        description="Then the finding is opened again."
        required
        min={new Date().toISOString().slice(0, 10)}
        value={said.until}
        onChange={({ currentTarget }) => set({ until: currentTarget.value })}
      />
    </>
  );
}

function Owner({ org, value, set }: { org: string; value: string; set: FieldProps["set"] }) {
  const query = useQuery(membersQuery(org));
  const logins = query.data?.members.map(({ user }) => user.githubLogin) ?? [];
  return (
    <Select
      label="Owner"
      placeholder="nobody"
      searchable
      clearable
      data={[...new Set([...logins, ...(value ? [value] : [])])]}
      value={value || null}
      onChange={(login) => set({ assignedTo: login ?? "" })}
      nothingFoundMessage="No member has this login"
      clearButtonProps={{ "aria-label": "Nobody owns it" }}
    />
  );
}
