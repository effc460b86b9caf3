import { Button, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Problem } from "../../shared/loaded.tsx";
import { MemberPicker, NOBODY } from "../../shared/member-picker.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { type Finding, findingQuery, triage } from "./queries.ts";
import { changesOf, excuses, type Said, saidOf } from "./triage.ts";
import { CommentField, Excuse, ONLY_MANAGERS, priorities, statusesFor } from "./triage-fields.tsx";

/** What people say of a finding. */
export function TriageForm({ org, finding }: { org: string; finding: Finding }) {
  const { isPolicyManager } = useOrganization();
  const before = saidOf(finding);
  // Only what was typed is kept, so the rest follows what somebody else changes meanwhile.
  const [typed, setTyped] = useState<Partial<Said>>({});
  const said = { ...before, ...typed };
  const set = (change: Partial<Said>) => setTyped((all) => ({ ...all, ...change }));
  const changes = changesOf(before, said);
  const save = useSave(org, finding.id, () => setTyped({}));
  if (finding.stackRemoved) return <OfRemovedStack finding={finding} />;
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
        {finding.status === "excepted" && (
          <Text size="sm">
            It is excepted now. What is said here counts when no exception lets it through any more.
          </Text>
        )}
        <Select
          label="Status"
          description={isPolicyManager ? undefined : ONLY_MANAGERS}
          data={statusesFor(isPolicyManager)}
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
        <MemberPicker
          org={org}
          label="Owner"
          withNobody
          value={said.assignedTo || NOBODY}
          onChange={(login) => set({ assignedTo: login === NOBODY ? "" : (login ?? "") })}
        />
        <CommentField
          value={said.comment}
          onChange={(comment) => set({ comment })}
          {...(finding.comment && { description: <CommentedBy comment={finding.comment} /> })}
        />
        {save.error && <Problem error={save.error} />}
        <Button type="submit" loading={save.isPending} disabled={!changes} style={{ alignSelf: "flex-start" }}>
          Save
        </Button>
      </Stack>
    </form>
  );
}

function CommentedBy({ comment: { by, at } }: { comment: NonNullable<Finding["comment"]> }) {
  return (
    <>
      By <Bdi text={by?.githubLogin ?? "a user who was removed"} />, <Time at={at} />. What you save takes its place;
      the audit log keeps both.
    </>
  );
}

function OfRemovedStack({ finding: { comment } }: { finding: Finding }) {
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        Its stack was removed, so there is nothing to triage.
      </Text>
      {comment && (
        <Text size="sm" className="text" style={{ whiteSpace: "pre-wrap" }}>
          <Bdi text={comment.by?.githubLogin ?? "A user who was removed"} /> said <Time at={comment.at} />:{" "}
          <Bdi text={comment.text} />
        </Text>
      )}
    </Stack>
  );
}

function useSave(org: string, id: string, onSaved: () => void) {
  const queries = useQueryClient();
  return useChange(
    (changes: Parameters<typeof triage>[2]) => triage(org, id, changes),
    (answer) => {
      queries.setQueryData(findingQuery(org, id).queryKey, answer);
      onSaved();
      notifications.show({ message: "The finding was changed." });
    },
  );
}
