import { useEffect, useState } from "react";

/**
 * Gives the focus back to the element that had it, when this component is taken off the page. Mantine does so for a dialog that stays and
 * is closed, but not for one that is there only as long as it is open.
 */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener !== document.body) opener.focus({ preventScroll: true });
    },
    [opener],
  );
}
