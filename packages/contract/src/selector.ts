import { type Static, Type } from "typebox";

/**
 * A glob over a whole name: `*` stands for any run of characters, none included, `?` for exactly one, and a backslash
 * takes the next character as it is. There is nothing else to it: every other character stands for itself, case and all.
 */
const Glob = Type.String({ minLength: 1, maxLength: 200 });

/** One thing to ask of a stack. */
export const SelectorCondition = Type.Union([
  Type.Object({ project: Glob }, { additionalProperties: false }),
  Type.Object({ stack: Glob }, { additionalProperties: false }),
  Type.Object(
    {
      /** A tag's exact name, to be there with any value, or with one that matches. */
      tag: Type.String({ minLength: 1, maxLength: 40 }),
      value: Type.Optional(Type.String({ maxLength: 256 })),
    },
    { additionalProperties: false },
  ),
]);

const Conditions = Type.Array(SelectorCondition, { maxItems: 50 });

/**
 * Which stacks a policy group takes in beside those that it names: every condition of `all` holds, and at least one of
 * `any` where there are some, and none of `except`. One of `all` and `any` must ask for something, so that nobody selects
 * everything by an empty list: that is `{"all": [{"project": "*"}]}`.
 *
 * @example {"all": [{"project": "web-*"}, {"tag": "env", "value": "prod*"}], "except": [{"stack": "sandbox"}]}
 */
export const Selector = Type.Object(
  { all: Type.Optional(Conditions), any: Type.Optional(Conditions), except: Type.Optional(Conditions) },
  { additionalProperties: false },
);

export type SelectorCondition = Static<typeof SelectorCondition>;
export type Selector = Static<typeof Selector>;
