/**
 * The expressions of Pulumi's API: what each `__type` is, and its fields. A client can't read a policy group that has another one.
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_group_rules.go
 */
export const nodes: Readonly<Record<string, NodeKind>> = {
  PermissionExpressionAnd: { is: "boolean", fields: { left: "boolean", right: "boolean" } },
  PermissionExpressionOr: { is: "boolean", fields: { left: "boolean", right: "boolean" } },
  PermissionExpressionNot: { is: "boolean", fields: { node: "boolean" } },
  PermissionExpressionEqual: { is: "boolean", fields: { left: "node", right: "node" } },
  // Pulumi's type inherits `node`, which says nothing here.
  PermissionExpressionHasTag: { is: "boolean", fields: { context: "context", key: "text", node: "unused" } },
  PermissionExpressionIn: { is: "boolean", fields: { target: "node", values: "set" } },
  PermissionExpressionTag: { is: "value", fields: { context: "context", key: "text" } },
  PermissionExpressionStack: { is: "context", fields: {} },
  PermissionExpressionInsightsAccount: { is: "context", fields: {} },
  PermissionExpressionEnvironment: { is: "context", fields: {} },
  PermissionExpressionTeam: { is: "context", fields: {} },
  PermissionLiteralExpressionString: { is: "value", fields: { value: "text" } },
  PermissionLiteralExpressionNumber: { is: "value", fields: { value: "number" } },
  PermissionLiteralExpressionBool: { is: "value", fields: { value: "bool" } },
  PermissionLiteralExpressionStack: { is: "value", fields: { identity: "text" } },
  PermissionLiteralExpressionEnvironment: { is: "value", fields: { identity: "text" } },
  PermissionLiteralExpressionInsightsAccount: { is: "value", fields: { identity: "text" } },
  PermissionLiteralExpressionTeam: { is: "value", fields: { identity: "text" } },
  PermissionSetExpressionString: { is: "set", fields: { values: "texts" } },
  PermissionSetExpressionStack: { is: "set", fields: { identities: "texts" } },
  PermissionSetExpressionEnvironment: { is: "set", fields: { identities: "texts" } },
  PermissionSetExpressionInsightsAccount: { is: "set", fields: { identities: "texts" } },
  PermissionSetExpressionTeam: { is: "set", fields: { identities: "texts" } },
};

export interface NodeKind {
  readonly is: "boolean" | "context" | "value" | "set";
  readonly fields: Readonly<Record<string, FieldKind>>;
}

/** A field is a node (of a kind), or a literal. Clients leave a literal out when it is empty, 0 or false. */
export type FieldKind = "boolean" | "context" | "set" | "node" | "unused" | "text" | "texts" | "number" | "bool";

/** An expression whose nodes all have a known `__type` and the fields of it. */
export type Expression =
  | { __type: "PermissionExpressionAnd" | "PermissionExpressionOr"; left: Expression; right: Expression }
  | { __type: "PermissionExpressionNot"; node: Expression }
  | { __type: "PermissionExpressionEqual"; left: OperandNode; right: OperandNode }
  | { __type: "PermissionExpressionHasTag"; context: OperandNode; key?: string }
  | { __type: "PermissionExpressionIn"; target: OperandNode; values: OperandNode };

/** What expressions compare. */
export interface OperandNode {
  __type: string;
  context?: OperandNode;
  key?: string;
  value?: unknown;
  values?: string[];
}
