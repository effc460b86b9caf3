import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { clearButton } from "../../shared/clear-button.ts";
import { Problem } from "../../shared/loaded.tsx";
import { MemberPicker, NOBODY } from "../../shared/member-picker.tsx";
import { counted } from "../../shared/numbers.ts";
import { focusPage } from "../../shared/page-focus.ts";
import { endOf, excuses } from "../finding/triage.ts";
import { CommentField, Excuse, ONLY_MANAGERS, priorities, statusesFor } from "../finding/triage-fields.tsx";
import { type BulkTriage, triageAll } from "./queries.ts";

interface FormProps {
  org: string;
  ids: ReadonlySet<string>;
  opened: boolean;
  close: () => void;
  done: () => void;
}

/** What is said of all selected findings. What is not chosen stays as it is with each. */
interface Said {
  status: string | null;
  priority: string | null;
  owner: string | null;
  reason: string;
  until: string;
  comment: string;
}

const unsaid: Said = { status: null, priority: null, owner: null, reason: "", until: "", comment: "" };

function bodyOf({ status, priority, owner, reason, until, comment }: Said): BulkTriage {
  return {
    ...(status && { status: status as NonNullable<BulkTriage["status"]> }),
    ...(status && excuses(status) && { reason, expiresAt: endOf(until) }),
    ...(priority && { priority: priority as NonNullable<BulkTriage["priority"]> }),
    ...(owner && { assignedTo: owner === NOBODY ? "" : owner }),
    ...(comment.trim() && { comment }),
  };
}

export function BulkTriageForm({ opened, close, ...form }: FormProps) {
  return (
    <Modal opened={opened} onClose={close} title={`Triage ${counted(form.ids.size, "finding")}`}>
      <Fields {...form} close={close} />
    </Modal>
  );
}

function Fields({ org, ids, close, done }: Omit<FormProps, "opened">) {
  const { isPolicyManager } = useOrganization();
  const [said, setSaid] = useState(unsaid);
  const set = (change: Partial<Said>) => setSaid((before) => ({ ...before, ...change }));
  const body = bodyOf(said);
  const save = useChange(
    () => triageAll(org, [...ids], body),
    ({ changed }) => {
      notifications.show({ message: `${counted(changed, "finding was", "findings were")} changed.` });
      close();
      done();
      // The button that opened this is gone.
      setTimeout(focusPage);
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const same = { placeholder: "as it is", clearable: true } as const;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          This changes what is reported, never what is enforced: a mandatory policy stops updates all the same. All of
          them are changed, or none.
        </Text>
        <Select
          label="Status"
          description={isPolicyManager ? undefined : ONLY_MANAGERS}
          data={statusesFor(isPolicyManager)}
          value={said.status}
          onChange={(status) => set({ status })}
          clearButtonProps={clearButton("Leave the status as it is")}
          {...same}
        />
        {said.status && excuses(said.status) && <Excuse said={said} set={set} />}
        <Select
          label="Priority"
          data={priorities}
          value={said.priority}
          onChange={(priority) => set({ priority })}
          clearButtonProps={clearButton("Leave the priority as it is")}
          {...same}
        />
        <MemberPicker
          org={org}
          label="Owner"
          withNobody
          value={said.owner}
          onChange={(owner) => set({ owner })}
          clearLabel="Leave the owner as it is"
          placeholder="as it is"
        />
        <CommentField value={said.comment} onChange={(comment) => set({ comment })} placeholder="as it is" />
        {save.error && <Problem error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={Object.keys(body).length === 0}>
            Change {counted(ids.size, "finding")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
