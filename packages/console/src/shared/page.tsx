import { Box, Group, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

interface PageProps {
  title: string;
  /** One sentence about what the page answers. */
  about?: ReactNode;
  /** Before the title: where this is, as links to the pages above with " / " between. */
  above?: ReactNode;
  /** Buttons. */
  actions?: ReactNode;
  children: ReactNode;
}

/** What every page has: a title, which is the tab's, too, and what can be done here. */
export function Page({ title, about, above, actions, children }: PageProps) {
  useDocumentTitle(`${title} · Quillon`);
  return (
    <Box component="section" aria-label={title}>
      {above && (
        <Text component="div" size="sm" mb={4} className="text">
          {above}
        </Text>
      )}
      <Group justify="space-between" align="flex-start" mb="md" gap="xs">
        <Box>
          {/* A page may learn its name only when it has been read. */}
          <Title order={1} tabIndex={-1} aria-live="polite">
            {title}
          </Title>
          {about && (
            <Text c="dimmed" size="sm" className="text">
              {about}
            </Text>
          )}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
