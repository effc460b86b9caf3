import { type Static, Type } from "typebox";

/**
 * A glob that must match the whole name: `*` is any number of characters (also none), `?` is exactly one character, and
 * a backslash takes the next character literally. All other characters are literal and case-sensitive.
 */
const Glob = Type.String({ minLength: 1, maxLength: 200 });

/** One condition on a stack. */
export const SelectorCondition = Type.Union(
  [
    Type.Object({ project: Glob }, { additionalProperties: false }),
    Type.Object({ stack: Glob }, { additionalProperties: false }),
    Type.Object(
      {
        /** The exact name of a tag. Without `value`, any value matches. */
        tag: Type.String({ minLength: 1, maxLength: 40 }),
        value: Type.Optional(Type.String({ maxLength: 256 })),
      },
      { additionalProperties: false },
    ),
  ],
  { description: 'one of {"project": GLOB}, {"stack": GLOB}, {"tag": NAME} and {"tag": NAME, "value": GLOB}' },
);

const Conditions = Type.Array(SelectorCondition, { maxItems: 50 });

/**
 * Which stacks a policy group includes in addition to its explicit list. A stack matches when all conditions of `all`
 * hold, at least one condition of `any` holds (if there are any), and no condition of `except` holds. `all` or `any` must
 * have a condition, so that nobody selects every stack with an empty list. To select every stack, write
 * `{"all": [{"project": "*"}]}`.
 *
 * @example {"all": [{"project": "web-*"}, {"tag": "env", "value": "prod*"}], "except": [{"stack": "sandbox"}]}
 */
export const Selector = Type.Object(
  { all: Type.Optional(Conditions), any: Type.Optional(Conditions), except: Type.Optional(Conditions) },
  { additionalProperties: false },
);

export type SelectorCondition = Static<typeof SelectorCondition>;
export type Selector = Static<typeof Selector>;
