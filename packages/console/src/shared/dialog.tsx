import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useReturnFocus } from "./return-focus.ts";

/** A dialog that is on the page as long as it is open. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  useReturnFocus();
  return (
    <Modal opened onClose={close} title={title}>
      {children}
    </Modal>
  );
}
