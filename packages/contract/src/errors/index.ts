import { exceptionErrors } from "./exceptions.ts";
import { findingErrors } from "./findings.ts";
import { generalErrors } from "./general.ts";
import { groupsErrors } from "./groups.ts";
import { matchRuleErrors } from "./match-rules.ts";
import { packsErrors } from "./packs.ts";
import { peopleErrors } from "./people.ts";
import { receiptErrors } from "./receipts.ts";
import { stacksErrors } from "./stacks.ts";
import { type ErrorTable, isOneOf, type OneOf } from "./table.ts";
import { unsupportedErrors } from "./unsupported.ts";
import { webhookErrors } from "./webhooks.ts";

/** Every error that a caller can get. */
const registry = {
  ...generalErrors,
  ...findingErrors,
  ...exceptionErrors,
  ...receiptErrors,
  ...unsupportedErrors,
  ...peopleErrors,
  ...stacksErrors,
  ...packsErrors,
  ...groupsErrors,
  ...matchRuleErrors,
  ...webhookErrors,
};

export type ErrorId = keyof typeof registry;
type Params<I extends ErrorId> = Parameters<(typeof registry)[I]["message"]>[0];

/** One detail of an error, in the form of Pulumi's API. */
export interface ErrorDetail {
  resource: string;
  attribute?: string;
  errorType: "not_found" | "required" | "invalid" | "already_exists" | "custom";
  customMessage?: string;
}

/**
 * The body of every error reply. The Pulumi CLI reads `code` from the body and not from the HTTP status:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L381
 */
export interface ErrorBody {
  code: number;
  message: string;
  id: string;
  errors?: ErrorDetail[];
}

/** An error whose message is written for the caller. Any other thrown error becomes `internal`. */
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
 * Makes the error `id` with its message. The caller throws it.
 *
 * @example throw newError("stack_not_found", { stack: "acme/web/dev" });
 */
export function newError<I extends ErrorId>(id: I, params: Params<I>, details?: ErrorDetail[]): QuillonError {
  const message = registry[id].message as (p: Params<I>) => string;
  return new QuillonError(id, message(params), details);
}

/** Parameters for a message. Each that is not given is its name in braces, as in `Stack {stack} does not exist.` */
function placeholders(given: object = {}): never {
  const get = (_: object, name: string) => Reflect.get(given, name) ?? `{${name}}`;
  return new Proxy(given, { get }) as never;
}

/** Every error with its message, or with one message for each problem. For the reference page. */
export const errorIds: readonly { id: ErrorId; status: number; examples: string[] }[] = (
  Object.keys(registry) as ErrorId[]
).map((id) => {
  const { status, message } = registry[id] as ErrorTable[string];
  return { id, status, examples: isOneOf(message) ? patternsOf(message) : [message(placeholders())] };
});

function patternsOf(message: OneOf): string[] {
  return message.problems.map((problem) => message(placeholders({ problem })));
}
