import { VisuallyHidden } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { focusPage, headingOfPage } from "../shared/page-focus.ts";

/**
 * Tells those who do not see it that another page was opened: its heading gets the focus when the link that was followed is gone, and is
 * read out when the link is still there, as in the navigation.
 */
export function OpenedPage() {
  const [title, setTitle] = useState("");
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return;
        focusPage();
        const heading = headingOfPage();
        setTitle(heading === document.activeElement ? "" : (heading?.textContent ?? ""));
      }),
    [router],
  );
  return (
    <VisuallyHidden role="status" aria-label="Opened page">
      {title}
    </VisuallyHidden>
  );
}
