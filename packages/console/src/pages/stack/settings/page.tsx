import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Exceptions } from "./exceptions.tsx";
import { Groups } from "./groups.tsx";
import { Packs } from "./packs.tsx";
import { Receipts } from "./receipts.tsx";

/** What will be asked of the stack, and why. */
export function StackSettingsPage() {
  return (
    <Stack gap="xl">
      <Section title="Policy packs" about="What the next preview or update of this stack must run.">
        <Packs />
      </Section>
      <Section title="Policy groups" about="Those that this stack is in. They decide which packs it must run.">
        <Groups />
      </Section>
      <Section
        title="Exceptions"
        about="Those in effect for violations of this stack. They let these through, unless a mark says otherwise."
      >
        <Exceptions />
      </Section>
      <Section title="Receipts" about="What is known of whether its updates ran their policies." id="receipts">
        <Receipts />
      </Section>
    </Stack>
  );
}

function Section({ title, about, id, children }: { title: string; about: string; id?: string; children: ReactNode }) {
  return (
    <section aria-label={title} id={id}>
      <Title order={2}>{title}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {about}
      </Text>
      {children}
    </section>
  );
}
