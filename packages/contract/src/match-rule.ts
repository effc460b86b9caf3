import { Type } from "typebox";

/**
 * A boolean expression of Pulumi's API, a PermissionBooleanExpression: `PermissionExpressionAnd`, `…Or`, `…Not`, `…Equal`, `…HasTag` or
 * `…In`. The server keeps its text, and checks each node of it.
 *
 * @example {"__type": "PermissionExpressionHasTag", "context": {"__type": "PermissionExpressionStack"}, "key": "team"}
 */
export const MatchRule = Type.Object(
  { __type: Type.String() },
  { additionalProperties: true, description: "a PermissionBooleanExpression, an object with a __type" },
);
