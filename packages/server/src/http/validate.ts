import { newError, UNSUPPORTED, type UnsupportedField } from "@quillon/contract";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { nearest } from "./nearest.ts";

const asSent = withUnsupported(new Ajv({ strict: false, verbose: true }));
const fromText = new Ajv({ strict: false, verbose: true, coerceTypes: true });

/**
 * Checks each part of a request with the contract's schema. Text in paths and queries is converted to the number or
 * boolean of the schema; a body is not converted.
 */
export function lazyValidators(): FastifySchemaCompiler<TSchema> {
  return ({ schema, httpPart }) => {
    const check = validator(schema, httpPart ?? "body");
    return (data) => {
      const error = check(data);
      return error ? { error } : { value: data };
    };
  };
}

function withUnsupported(ajv: Ajv): Ajv {
  return ajv.addKeyword({
    keyword: UNSUPPORTED,
    errors: false,
    validate: (_: unknown, value: unknown) => isEmpty(value),
  });
}

/**
 * A check of one part of a request. The schema is compiled at its first use, to keep the start fast.
 *
 * @returns what is wrong, if anything is.
 */
export function validator(schema: TSchema, part: string): (data: unknown) => Error | undefined {
  let check: ValidateFunction | undefined;
  return (data) => {
    check ??= (part === "body" ? asSent : fromText).compile(schema);
    return check(data) ? undefined : refuse(part, check.errors ?? []);
  };
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

function refuse(part: string, errors: ErrorObject[]): Error {
  const error = errors.find(isDescribedChoice) ?? errors[0];
  const path = error?.instancePath.slice(1).replaceAll("/", ".");
  const where = [part, path].filter(Boolean).join(" ");
  if (error?.keyword === UNSUPPORTED)
    return newError("field_unsupported", { problem: error.schema as UnsupportedField });
  const known = fieldsOf(error?.parentSchema);
  if (error?.keyword === "additionalProperties" && known.length > 0) {
    const field: string = error.params.additionalProperty;
    const sentence = { where, field, nearest: nearest(field, known), known: known.join(", ") };
    return newError("invalid_input", { problem: "unknown_field", ...sentence });
  }
  return newError("invalid_input", { problem: "schema", where, found: found(error) });
}

/** The fields that a schema names and that its route can take. */
function fieldsOf(schema: ErrorObject["parentSchema"]): string[] {
  const properties: Record<string, object> = schema?.properties ?? {};
  return Object.keys(properties).filter((name) => !(UNSUPPORTED in (properties[name] ?? {})));
}

/** A choice of schemas with words of its own. What its first schema found wrong would hide that there are others. */
function isDescribedChoice({ keyword, parentSchema }: ErrorObject): boolean {
  return keyword === "anyOf" && parentSchema?.description !== undefined;
}

/** A schema's own words for what it accepts, if it has some, because a pattern or a choice tells people nothing. */
function found(error: ErrorObject | undefined): string {
  const described = error?.keyword === "pattern" || error?.keyword === "anyOf";
  const wanted: unknown = described && error.parentSchema?.description;
  return wanted ? `it must be ${wanted}` : (error?.message ?? "refused");
}
