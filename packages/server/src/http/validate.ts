import { newError } from "@quillon/contract";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";

/**
 * Checks each part of a request with the contract's schema. Text in paths and queries is converted to the number or
 * boolean of the schema; a body is not converted. A schema is compiled at its first use, to keep the start fast.
 */
export function lazyValidators(): FastifySchemaCompiler<TSchema> {
  const asSent = new Ajv({ strict: false });
  const fromText = new Ajv({ strict: false, coerceTypes: true });
  return ({ schema, httpPart }) => {
    let check: ValidateFunction | undefined;
    return (data) => {
      check ??= (httpPart === "body" ? asSent : fromText).compile(schema);
      return check(data) ? { value: data } : { error: refuse(httpPart ?? "body", check.errors?.[0]) };
    };
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
