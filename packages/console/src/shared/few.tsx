import { Button } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";

/** The first of many items, and a button for more of them. */
export function Few<T>({
  items,
  step,
  keyOf,
  children,
}: {
  items: readonly T[];
  step: number;
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
}) {
  const [most, setMost] = useState(step);
  const left = items.length - most;
  return (
    <>
      {items.slice(0, most).map((item) => (
        <Fragment key={keyOf(item)}>{children(item)}</Fragment>
      ))}
      {left > 0 && (
        <Button
          variant="default"
          size="compact-sm"
          style={{ alignSelf: "start" }}
          onClick={() => setMost(most + step * 5)}
        >
          Show {Math.min(step * 5, left)} more of {left}
        </Button>
      )}
    </>
  );
}
