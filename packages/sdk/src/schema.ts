/**
 * The JSON Schema of one configuration property: the part of draft 7 that makes sense there.
 *
 * The engine checks a user's configuration against it before anything runs, so a policy can trust what `getConfig`
 * answers.
 *
 * @example
 * const maxAge: PolicyConfigJSONSchema = { type: "integer", minimum: 1, default: 90 };
 */
export interface PolicyConfigJSONSchema {
  type?: PolicyConfigJSONSchemaTypeName | PolicyConfigJSONSchemaTypeName[];
  enum?: PolicyConfigJSONSchemaType[];
  const?: PolicyConfigJSONSchemaType;

  multipleOf?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  minimum?: number;
  exclusiveMinimum?: number;

  maxLength?: number;
  minLength?: number;
  pattern?: string;

  items?: PolicyConfigJSONSchemaDefinition | PolicyConfigJSONSchemaDefinition[];
  additionalItems?: PolicyConfigJSONSchemaDefinition;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  contains?: PolicyConfigJSONSchema;

  maxProperties?: number;
  minProperties?: number;
  required?: string[];
  properties?: { [key: string]: PolicyConfigJSONSchemaDefinition };
  patternProperties?: { [key: string]: PolicyConfigJSONSchemaDefinition };
  additionalProperties?: PolicyConfigJSONSchemaDefinition;
  dependencies?: { [key: string]: PolicyConfigJSONSchemaDefinition | string[] };
  propertyNames?: PolicyConfigJSONSchemaDefinition;

  format?: string;

  description?: string;
  /** Used when the user sets nothing. */
  default?: PolicyConfigJSONSchemaType;
}

/** A schema, or `true` for "anything" and `false` for "nothing". */
export type PolicyConfigJSONSchemaDefinition = PolicyConfigJSONSchema | boolean;

/** The names of JSON's types, and `integer`. */
export type PolicyConfigJSONSchemaTypeName = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";

/** Any JSON value. */
export type PolicyConfigJSONSchemaType = PolicyConfigJSONSchemaType[] | boolean | number | null | object | string;
