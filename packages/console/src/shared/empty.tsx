import { Center, Code, CopyButton, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useOrganization } from "../session.ts";

interface EmptyProps {
  title: string;
  children?: ReactNode;
  command?: string;
}

interface ManagersEmptyProps extends EmptyProps {
  /** What is said to others. */
  others?: ReactNode;
}

/** In place of an empty list whose command only policy managers may type. */
export function ManagersEmpty({
  others = "Policy managers of the organization can change that.",
  ...props
}: ManagersEmptyProps) {
  const { isPolicyManager } = useOrganization();
  return isPolicyManager ? <Empty {...props} /> : <Empty title={props.title}>{others}</Empty>;
}

/** What is said in place of an empty list: what would be here, and the command that makes the first one. */
export function Empty({ title, children, command }: EmptyProps) {
  return (
    <Center py="xl" px="md">
      <Stack align="center" gap="xs" maw={560}>
        <Text fw={600}>{title}</Text>
        {children && (
          <Text c="dimmed" size="sm" ta="center" component="div">
            {children}
          </Text>
        )}
        {command && <Command text={command} />}
      </Stack>
    </Center>
  );
}

/** A command to type, which a click copies. Over plain http browsers have no clipboard, and what is in a button can't be selected. */
export function Command({ text }: { text: string }) {
  if (!("clipboard" in navigator))
    return (
      <Code block className="text" style={{ whiteSpace: "pre-wrap" }}>
        {text}
      </Code>
    );
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <UnstyledButton maw="100%" onClick={copy} aria-label={`Copy: ${text}`} title="Copy">
          <Code block>
            <Group gap="sm" wrap="nowrap" justify="space-between">
              <span className="text" style={{ whiteSpace: "pre-wrap" }}>
                {text}
              </span>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </Group>
          </Code>
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
