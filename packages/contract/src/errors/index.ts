import { generalErrors } from "./general.ts";
import { groupsErrors } from "./groups.ts";
import { packsErrors } from "./packs.ts";
import { peopleErrors } from "./people.ts";
import { stacksErrors } from "./stacks.ts";
import { type ErrorTable, isOneOf, type OneOf } from "./table.ts";

/** Every error that a caller can meet. The tables say what belongs where. */
const registry = { ...generalErrors, ...peopleErrors, ...stacksErrors, ...packsErrors, ...groupsErrors };

export type ErrorId = keyof typeof registry;
type Params<I extends ErrorId> = Parameters<(typeof registry)[I]["message"]>[0];

/** One detail of an error, as Pulumi's API has it. */
export interface ErrorDetail {
  resource: string;
  attribute?: string;
  errorType: "not_found" | "required" | "invalid" | "already_exists" | "custom";
  customMessage?: string;
}

/** The one shape of every error answer. The Pulumi CLI reads `code` from here and not from the HTTP status. */
export interface ErrorBody {
  code: number;
  message: string;
  id: string;
  errors?: ErrorDetail[];
}

/** An error that a caller is meant to see. Anything else that is thrown becomes `internal`. */
export class QuillonError extends Error {
  override readonly name = "QuillonError";
  readonly id: ErrorId;
  readonly status: number;
  readonly details: ErrorDetail[] | undefined;

  constructor(id: ErrorId, message: string, details?: ErrorDetail[]) {
    super(message);
    this.id = id;
    this.status = registry[id].status;
    this.details = details;
  }

  body(): ErrorBody {
    return {
      code: this.status,
      message: this.message,
      id: this.id,
      ...(this.details && { errors: this.details }),
    };
  }
}

/**
 * Makes the error `id` with its sentence filled in, to be thrown.
 *
 * @example throw newError("stack_not_found", { stack: "acme/web/dev" });
 */
export function newError<I extends ErrorId>(id: I, params: Params<I>, details?: ErrorDetail[]): QuillonError {
  const message = registry[id].message as (p: Params<I>) => string;
  return new QuillonError(id, message(params), details);
}

/** Stands for each parameter of a message by its name, as in `Stack {stack} does not exist.` */
const placeholders = new Proxy({}, { get: (_, name) => `{${String(name)}}` });

/** Every error with the patterns of its sentences, for the reference page: one, or one for each problem. */
export const errorIds: readonly { id: ErrorId; status: number; examples: string[] }[] = (
  Object.keys(registry) as ErrorId[]
).map((id) => {
  const { status, message } = registry[id] as ErrorTable[string];
  return { id, status, examples: isOneOf(message) ? patternsOf(message) : [message(placeholders as never)] };
});

function patternsOf(message: OneOf): string[] {
  return message.problems.map((problem) =>
    message(
      new Proxy({ problem }, { get: (given, name) => (name === "problem" ? given.problem : `{${String(name)}}`) }),
    ),
  );
}
