import { Anchor } from "@mantine/core";
import { JsonText } from "@quillon/contract/client";
import { Fragment, type ReactNode } from "react";

/** Texts of strangers in one line, of which none turns the direction of what is beside it. */
export function Isolated({ texts }: { texts: readonly string[] }) {
  return texts.map((text, index) => (
    <Fragment key={text}>
      {index > 0 && ", "}
      <bdi>{text}</bdi>
    </Fragment>
  ));
}

/** Marks that nobody sees, and which turn the direction of what follows. */
const MARKS = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A part of a text by a stranger. Its marks turn no other part. */
export function Said({ text }: { text: string }) {
  return text.search(MARKS) < 0 ? text : <bdi>{text}</bdi>;
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
