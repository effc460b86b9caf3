import { newError } from "@quillon/contract";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";

const asSent = new Ajv({ strict: false });
const fromText = new Ajv({ strict: false, coerceTypes: true });

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

/**
 * A check of one part of a request. The schema is compiled at its first use, to keep the start fast.
 *
 * @returns what is wrong, if anything is.
 */
export function validator(schema: TSchema, part: string): (data: unknown) => Error | undefined {
  let check: ValidateFunction | undefined;
  return (data) => {
    check ??= (part === "body" ? asSent : fromText).compile(schema);
    return check(data) ? undefined : refuse(part, check.errors?.[0]);
  };
}

function refuse(part: string, error: ErrorObject | undefined): Error {
  const path = error?.instancePath.slice(1).replaceAll("/", ".");
  return newError("invalid_input", {
    problem: "schema",
    where: [part, path].filter(Boolean).join(" "),
    found: error?.message ?? "refused",
  });
}
