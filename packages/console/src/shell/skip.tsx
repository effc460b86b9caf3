import { Button } from "@mantine/core";
import { PAGE } from "../shared/page-focus.ts";

/** What `Skip` goes to. It takes the focus, but is no stop of the Tab key. */
export const skippedTo = { id: PAGE, tabIndex: -1 };

/** The first stop of the Tab key, seen only then: leaves out what is around every page. */
export function Skip() {
  return (
    <Button className="skip" onClick={() => document.getElementById(PAGE)?.focus()}>
      Skip to the page
    </Button>
  );
}
