import { Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { excuses } from "./triage.ts";

const statuses = [
  { value: "open", label: "open" },
  { value: "in_progress", label: "in progress" },
  { value: "by_design", label: "by design" },
  { value: "ignored", label: "ignored" },
];

/** What a caller may choose of them. */
export const statusesFor = (isPolicyManager: boolean) =>
  statuses.map((status) => ({ ...status, disabled: !isPolicyManager && excuses(status.value) }));

export const ONLY_MANAGERS = "Only policy managers and admins say that a finding is ignored or by design.";

export const priorities = ["p0", "p1", "p2", "p3", "p4"];

interface ExcuseProps {
  said: { reason: string; until: string };
  set: (change: { reason?: string; until?: string }) => void;
}

/** Why a finding may stay, and until when. */
export function Excuse({ said, set }: ExcuseProps) {
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

interface CommentProps {
  value: string;
  onChange: (comment: string) => void;
  description?: ReactNode;
  placeholder?: string;
}

/** What is said of a finding. It may be left empty. */
export function CommentField({ onChange, ...field }: CommentProps) {
  return (
    <Textarea
      label="Comment"
      autosize
      minRows={2}
      maxRows={12}
      maxLength={2000}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      {...field}
    />
  );
}
