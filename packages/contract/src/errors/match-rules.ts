import { type ErrorTable, oneOf } from "./table.ts";

/** `rule` is the field that the rule was sent in, `at` the path of a node in it. */
type In<P = object> = P & { rule: string };
type At<P = object> = In<P & { at: string }>;

/** Errors about the rules of policy groups in the form of Pulumi's API. */
export const matchRuleErrors = {
  match_rule_invalid: {
    status: 400,
    message: oneOf({
      large: (p: In<{ most: number }>) => `${p.rule} can't be used: it is larger than ${p.most} KiB.`,
      deep: (p: In<{ most: number }>) => `${p.rule} can't be used: it is nested more than ${p.most} levels deep.`,
      many: (p: In<{ most: number }>) => `${p.rule} can't be used: it has more than ${p.most} conditions.`,
      no_node: (p: At) => `${p.rule} can't be used: ${p.at} is not an object with a __type.`,
      no_type: (p: At) => `${p.rule} can't be used: ${p.at} has no __type.`,
      unknown_type: (p: At<{ type: string }>) =>
        `${p.rule} can't be used: ${p.at} has the __type ${JSON.stringify(p.type)}, which Pulumi's API does not have.`,
      misplaced: (p: At<{ type: string; wanted: string }>) =>
        `${p.rule} can't be used: ${p.at} must be a ${p.wanted} expression, and ${p.type} is none.`,
      no_field: (p: At<{ type: string; field: string }>) =>
        `${p.rule} can't be used: ${p.at}, of type ${p.type}, has no field ${p.field}.`,
      unknown_field: (p: At<{ type: string; field: string }>) =>
        `${p.rule} can't be used: ${p.at} has the field ${JSON.stringify(p.field)}, which ${p.type} does not have.`,
      literal: (p: At<{ words: string }>) => `${p.rule} can't be used: ${p.at} must be ${p.words}.`,
      tag_name: (p: At<{ most: number }>) =>
        `${p.rule} can't be used: ${p.at} needs the key of a tag, which has 1 to ${p.most} characters.`,
      not_of_tags: (p: At) =>
        `${p.rule} can't be used: ${p.at} is not about a tag of the stack. Ask whether the stack has a tag (HasTag), or compare a tag of PermissionExpressionStack with a text (Equal) or texts (In).`,
      set_and_removed: (p: In) =>
        `Nothing was changed: the request sets ${p.rule} and removes it. Send only one of the two.`,
    }),
  },
} as const satisfies ErrorTable;
