import type { Selector, SelectorCondition } from "@quillon/contract";

/** The parts of a selector, in the order in which they are asked. */
export const parts = ["all", "any", "except"] as const;
export type Part = (typeof parts)[number];

/** A condition while somebody types it. */
export interface Draft {
  /** Tells rows apart while they change. */
  id: number;
  part: Part;
  kind: "project" | "stack" | "tag";
  /** A glob, or the name of a tag. */
  name: string;
  /** Of the tag: a glob, or empty for any value. */
  value: string;
}

export function draftsOf(selector: Selector | undefined): Draft[] {
  const conditions = parts.flatMap((part) => (selector?.[part] ?? []).map((condition) => ({ part, condition })));
  return conditions.map(({ part, condition }, id) => ({ id, part, ...draftOf(condition) }));
}

function draftOf(condition: SelectorCondition): Pick<Draft, "kind" | "name" | "value"> {
  if ("tag" in condition) return { kind: "tag", name: condition.tag, value: condition.value ?? "" };
  return "project" in condition
    ? { kind: "project", name: condition.project, value: "" }
    : { kind: "stack", name: condition.stack, value: "" };
}

/** The selector that the drafts say; those without a name say nothing yet. Undefined when it could take in no stack. */
export function selectorOf(drafts: readonly Draft[]): Selector | undefined {
  const selector: Selector = {};
  for (const part of parts) {
    const conditions = drafts.filter((draft) => draft.part === part && draft.name !== "").map(conditionOf);
    if (conditions.length > 0) selector[part] = conditions;
  }
  return selector.all || selector.any ? selector : undefined;
}

function conditionOf({ kind, name, value }: Draft): SelectorCondition {
  if (kind === "project") return { project: name };
  if (kind === "stack") return { stack: name };
  return { tag: name, ...(value && { value }) };
}
