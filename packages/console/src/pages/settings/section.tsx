import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { UseMutationResult } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId } from "react";
import { Problem } from "../../shared/loaded.tsx";
import { Refused } from "../../shared/refused.tsx";

interface SectionProps {
  title: string;
  about: ReactNode;
  /** What links name it by. */
  id?: string;
  children: ReactNode;
}

export function Section({ title, about, id, children }: SectionProps) {
  const label = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={label} {...(id && { id })}>
      <Title order={2} id={label}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {about}
      </Text>
      {children}
    </Paper>
  );
}

interface SettingFormProps {
  /** What the button does, for who hears the page. */
  label: string;
  mutation: UseMutationResult<unknown, Error, void>;
  /** Whether something is different from what is set. */
  changed: boolean;
  /** Whether the caller may change it, and if not, who may. */
  may: boolean;
  who: string;
  /** Reads the settings again and begins anew, where a change of somebody else makes the server refuse this one. */
  again?: () => void;
  children: ReactNode;
}

/** Some settings that are saved together. Whoever may not change them reads them. */
export function SettingForm({ label, mutation, changed, may, who, again, children }: SettingFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutation.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {children}
        {mutation.error &&
          (again ? <Refused error={mutation.error} again={again} /> : <Problem error={mutation.error} />)}
        {may ? (
          <Group>
            <Button type="submit" size="xs" aria-label={label} loading={mutation.isPending} disabled={!changed}>
              Save
            </Button>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            Only {who} of the organization may change this.
          </Text>
        )}
      </Stack>
    </form>
  );
}

export const tellSaved = () => notifications.show({ message: "Saved. It holds from now on." });
