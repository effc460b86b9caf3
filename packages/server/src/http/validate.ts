import { newError } from "@quillon/contract";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";

/**
 * Checks each part of a request against the contract's schema. Text in paths and queries is read as the number or
 * boolean that the schema asks for; a body is taken as it is. Compiled at first use, for a start needs none of them.
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
