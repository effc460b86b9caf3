/** The tag of a stack in Quillon that says where it was moved from. It is how a second run knows what the first one did. */
export const MARK = "quillon:moved-from";

/** As a tag's value can be. */
const LONGEST = 256;

export interface Mark {
  /** `begun` while it is being moved. */
  step: "begun" | "moved";
  /** Of the stack in Quillon, then. */
  version: number;
  /** Of the state where it came from. Empty while it is being moved. */
  digest: string;
  from: string;
}

export function writeMark({ step, version, digest, from }: Mark): string {
  return `${step} ${version} ${digest || "-"} ${from}`.slice(0, LONGEST);
}

/** @returns undefined for a text that is none. */
export function readMark(text: string | undefined): Mark | undefined {
  const [, step, version, digest = "", from = ""] =
    /^(begun|moved) (\d{1,9}) ([0-9a-f]{64}|-) (.*)$/s.exec(text ?? "") ?? [];
  if (step !== "begun" && step !== "moved") return undefined;
  return { step, version: Number(version), digest: digest === "-" ? "" : digest, from };
}

/** Whether a mark says that a stack came from there. A long name is cut off in it. */
export function isFrom(mark: Mark, from: string): boolean {
  return readMark(writeMark({ ...mark, from }))?.from === mark.from;
}
