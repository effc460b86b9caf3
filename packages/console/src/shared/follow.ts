import { useRouter } from "@tanstack/react-router";
import { type MouseEvent, useCallback } from "react";

/**
 * What a click on a plain link to another page does. A `Go` finds out much more when it is shown, which is too slow for rows that are
 * scrolled by.
 */
export function useFollow(): (event: MouseEvent<HTMLAnchorElement>) => void {
  const { history } = useRouter();
  return useCallback(
    (event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      const { pathname, search } = event.currentTarget;
      history.push(pathname + search);
    },
    [history],
  );
}
