import { newError } from "@quillon/contract";
import { isObject } from "../json/is-object.ts";
import { type Expression, type FieldKind, type NodeKind, nodes } from "./expression-nodes.ts";

/** The field of Pulumi's API that an expression is in. */
export type RuleName = "stackMatchRule" | "accountMatchRule";

/**
 * The CLI makes a rule of conditions one level deeper with each of them, and its own decoder reads an expression once for each
 * level. A text in it is at most as long as the value of a tag.
 */
const MOST = { bytes: 64 * 1024, levels: 200, conditions: 200, text: 256 };

/** Of a name that a client has sent, what is in a sentence. */
const SHOWN = 60;

/**
 * Reads an expression, which must be one that every client of Pulumi's API can read: such a client can't show a group at all
 * when its rule has something else.
 *
 * @param json valid JSON.
 * @throws match_rule_invalid
 */
export function readExpression(rule: RuleName, json: string): Expression {
  if (Buffer.byteLength(json) > MOST.bytes) {
    throw newError("match_rule_invalid", { problem: "large", rule, most: MOST.bytes / 1024 });
  }
  const value: unknown = JSON.parse(json);
  checkNode({ rule, conditions: 0 }, value, { at: rule, level: 1, wanted: "boolean" });
  return value as Expression;
}

interface Check {
  rule: RuleName;
  /** How many there are so far. */
  conditions: number;
}

interface Place {
  /** Its path. */
  at: string;
  level: number;
  wanted: FieldKind;
}

function checkNode(check: Check, value: unknown, { at, level, wanted }: Place): void {
  const { rule } = check;
  if (level > MOST.levels) throw newError("match_rule_invalid", { problem: "deep", rule, most: MOST.levels });
  if (!isObject(value)) throw newError("match_rule_invalid", { problem: "no_node", rule, at });
  const type = value.__type;
  if (typeof type !== "string" || type === "") throw newError("match_rule_invalid", { problem: "no_type", rule, at });
  const kind = Object.hasOwn(nodes, type) ? nodes[type] : undefined;
  if (!kind) throw newError("match_rule_invalid", { problem: "unknown_type", rule, at, type: type.slice(0, SHOWN) });
  if (wanted !== "node" && wanted !== "unused" && kind.is !== wanted) {
    throw newError("match_rule_invalid", { problem: "misplaced", rule, at, type, wanted });
  }
  if (kind.is === "boolean" && !Object.values(kind.fields).includes("boolean")) countCondition(check);
  checkFields(check, { kind, type, node: value }, { at, level });
}

function checkFields(
  check: Check,
  { kind, type, node }: { kind: NodeKind; type: string; node: Record<string, unknown> },
  { at, level }: Pick<Place, "at" | "level">,
): void {
  const { rule } = check;
  for (const field of Object.keys(node)) {
    if (field === "__type" || Object.hasOwn(kind.fields, field)) continue;
    throw newError("match_rule_invalid", { problem: "unknown_field", rule, at, type, field: field.slice(0, SHOWN) });
  }
  for (const [field, wanted] of Object.entries(kind.fields)) {
    const value = node[field];
    const mayBeAbsent = wanted === "unused" || wanted in literals;
    if (value === undefined && mayBeAbsent) continue;
    if (value === undefined) throw newError("match_rule_invalid", { problem: "no_field", rule, at, type, field });
    if (wanted in literals)
      checkLiteral(check, value, { at: `${at}.${field}`, wanted: wanted as keyof typeof literals });
    else checkNode(check, value, { at: `${at}.${field}`, level: level + 1, wanted });
  }
}

const isText = (value: unknown) => typeof value === "string" && [...value].length <= MOST.text;
const literals = {
  text: { is: isText, words: `a text of at most ${MOST.text} characters` },
  texts: {
    is: (value: unknown) => Array.isArray(value) && value.every(isText),
    words: `a list of texts of at most ${MOST.text} characters`,
  },
  number: { is: (value: unknown) => Number.isFinite(value), words: "a number" },
  bool: { is: (value: unknown) => typeof value === "boolean", words: "true or false" },
};

function checkLiteral(
  check: Check,
  value: unknown,
  { at, wanted }: { at: string; wanted: keyof typeof literals },
): void {
  const { is, words } = literals[wanted];
  if (!is(value)) throw newError("match_rule_invalid", { problem: "literal", rule: check.rule, at, words });
  if (Array.isArray(value)) for (const _ of value) countCondition(check);
}

function countCondition(check: Check): void {
  check.conditions += 1;
  if (check.conditions <= MOST.conditions) return;
  throw newError("match_rule_invalid", { problem: "many", rule: check.rule, most: MOST.conditions });
}
