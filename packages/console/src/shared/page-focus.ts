import { type RefObject, useLayoutEffect } from "react";

export const PAGE = "page";

export const headingOfPage = () => document.querySelector<HTMLElement>(`#${PAGE} h1`);

/** Also when what had it is hidden now, as the menu of a small screen is. */
const isLost = () =>
  document.activeElement === document.body ||
  // Older browsers can't tell.
  document.activeElement?.checkVisibility?.({ visibilityProperty: true }) === false;

/** Gives the focus to the heading of the page, when what had it is gone, so that it is read out and the next Tab goes on from there. */
export function focusPage(): void {
  if (isLost()) (headingOfPage() ?? document.getElementById(PAGE))?.focus({ preventScroll: true });
}

/**
 * For a control that what it does may take away, as *Approve* is when a request is approved: the next control beside it gets the focus, or
 * the heading of the page when there is none.
 */
export function useFocusNext(control: RefObject<HTMLElement | null>, isDone: boolean): void {
  useLayoutEffect(() => {
    const around = control.current?.parentElement;
    return () => {
      if (isDone) setTimeout(() => focusNext(around));
    };
  }, [control, isDone]);
}

function focusNext(around: HTMLElement | null | undefined): void {
  if (!isLost()) return;
  const next = around?.isConnected ? around.querySelector<HTMLElement>("button:not(:disabled), a[href]") : null;
  if (next) next.focus({ preventScroll: true });
  else focusPage();
}
