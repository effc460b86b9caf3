/** Expressions of Pulumi's API about tags of stacks, as its CLI makes them from `--stack-rule`. */

const context = { __type: "PermissionExpressionStack" };

/** `key=value` */
export function tagIs(key: string, value: string) {
  return {
    __type: "PermissionExpressionEqual",
    left: { __type: "PermissionExpressionTag", context, key },
    right: { __type: "PermissionLiteralExpressionString", ...(value && { value }) },
  };
}

/** `key` */
export function hasTag(key: string) {
  return { __type: "PermissionExpressionHasTag", context, key };
}

/** The CLI has no words for it. */
export function tagIn(key: string, values: string[]) {
  return {
    __type: "PermissionExpressionIn",
    target: { __type: "PermissionExpressionTag", context, key },
    values: { __type: "PermissionSetExpressionString", ...(values.length > 0 && { values }) },
  };
}

export function not(node: object) {
  return { __type: "PermissionExpressionNot", node };
}

/** `left,right` */
export function and(left: object, right: object) {
  return { __type: "PermissionExpressionAnd", left, right };
}

/** `left OR right` */
export function or(left: object, right: object) {
  return { __type: "PermissionExpressionOr", left, right };
}

/** A rule of that many levels. */
export function nested(levels: number): string {
  const open = '{"__type":"PermissionExpressionNot","node":';
  return `${open.repeat(levels - 2)}${JSON.stringify(hasTag("a"))}${"}".repeat(levels - 2)}`;
}
