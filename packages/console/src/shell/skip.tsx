import { Button } from "@mantine/core";

const MAIN = "page";

/** What `Skip` goes to. It takes the focus, but is no stop of the Tab key. */
export const skippedTo = { id: MAIN, tabIndex: -1 };

/** For who follows a link with the keyboard: the link is gone then, and the browser would go on from where it was. */
export function focusPage(): void {
  if (document.activeElement === document.body) document.getElementById(MAIN)?.focus({ preventScroll: true });
}

/** The first stop of the Tab key, seen only then: leaves out what is around every page. */
export function Skip() {
  return (
    <Button className="skip" onClick={() => document.getElementById(MAIN)?.focus()}>
      Skip to the page
    </Button>
  );
}
