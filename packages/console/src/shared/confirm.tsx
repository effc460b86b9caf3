import { Button, type ButtonProps, Group, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { UseMutationResult } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { Problem } from "./loaded.tsx";
import { useFocusNext } from "./page-focus.ts";

interface ConfirmProps extends ButtonProps {
  /** What the button does, and the title of the question. */
  label: ReactNode;
  title: string;
  mutation: UseMutationResult<unknown, Error, void>;
  /** Nothing is taken away, so the button that does it is not red. */
  gives?: boolean;
  /** What has to be said first is not there yet. */
  unready?: boolean;
  /** What will follow, and what else has to be said first. */
  children: ReactNode;
}

/** A button for what can't be undone, or what others feel: it says the consequences, and does it when the person agrees. */
export function Confirm({ label, title, mutation, gives = false, unready = false, children, ...button }: ConfirmProps) {
  const [opened, { open, close }] = useDisclosure();
  const opener = useRef<HTMLButtonElement>(null);
  useFocusNext(opener, mutation.isSuccess);
  const ask = () => {
    // What was refused the last time.
    if (mutation.isError) mutation.reset();
    open();
  };
  return (
    <>
      <Button ref={opener} size="xs" variant="default" {...button} onClick={ask}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title}>
        <Stack>
          {children}
          {mutation.error && <Problem error={mutation.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} {...(!gives && { "data-autofocus": true })}>
              Cancel
            </Button>
            <Button
              {...(gives ? { "data-autofocus": true } : { color: "red" })}
              loading={mutation.isPending}
              disabled={unready}
              // Whoever has closed the question meanwhile is told why it was not done.
              onClick={() => mutation.mutate(undefined, { onSuccess: close, onError: open })}
              // It has names in it, which are of any length.
              h="auto"
              mih={36}
              py={6}
              styles={{ label: { whiteSpace: "normal", overflowWrap: "anywhere" } }}
            >
              {title}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
