import { JsonText } from "@quillon/contract/client";
import { Fragment } from "react";

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

/** A text of ours with texts of strangers in it: their marks are written as `\u202e`, so that none disguises what is said. */
export function withMarks(text: string): string {
  return text.replaceAll(MARKS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A value as JSON text, which has the same value with its marks escaped. */
export const shownJson = (value: unknown): string => withMarks(JsonText.stringify(value, "  "));
