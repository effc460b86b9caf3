import { Anchor } from "@mantine/core";
import { JsonText } from "@quillon/contract/client";
import { Fragment, type ReactNode } from "react";

/** A text of a stranger in a line of ours. */
export const Bdi = ({ text }: { text: string | undefined }) => <bdi>{closed(text ?? "")}</bdi>;

/** Texts of strangers in one line, of which none turns the direction of what is beside it. */
export function Isolated({ texts }: { texts: readonly string[] }) {
  return texts.map((text, index) => (
    <Fragment key={text}>
      {index > 0 && ", "}
      <Bdi text={text} />
    </Fragment>
  ));
}

/** Marks that nobody sees, and which turn the direction of what follows. */
const MARKS = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const END = "\u2069";

/**
 * The same text with the end of each part of which a mark has begun to set the direction, and without an end of what it has not begun. A
 * browser takes the first such end in or after an element for the element's own, so it could not keep those marks to itself.
 */
export function closed(text: string): string {
  let open = 0;
  const ended = text.replace(/[\u2066-\u2069]/g, (mark) => {
    if (mark !== END) open += 1;
    else if (open === 0) return "";
    else open -= 1;
    return mark;
  });
  return ended + END.repeat(open);
}

/** A part of a text by a stranger. Its marks turn no other part. */
export function Said({ text }: { text: string }) {
  return text.search(MARKS) < 0 ? text : <Bdi text={text} />;
}

/** A link that a stranger wrote, who may have written anything: only one to a web page becomes a link. */
export function OutsideLink({ to, children }: { to: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(to)) return children;
  return (
    <Anchor href={to} rel="noopener noreferrer" target="_blank" inherit td="underline">
      {children}
    </Anchor>
  );
}

/** A text of ours with texts of strangers in it: their marks are written as `\u202e`, so that none disguises what is said. */
export function withMarks(text: string): string {
  return text.replaceAll(MARKS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A value as JSON text, which has the same value with its marks escaped. */
export const shownJson = (value: unknown): string => withMarks(JsonText.stringify(value, "  "));
