/** The gRPC status codes that this side sends. */
export const Status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
} as const;

export type StatusCode = (typeof Status)[keyof typeof Status];

/** An error with the status that the caller is to see. Anything else that a handler throws is sent as `UNKNOWN`. */
export class RpcError extends Error {
  override name = "RpcError";
  readonly code: StatusCode;

  constructor(code: StatusCode, message: string) {
    super(message);
    this.code = code;
  }
}
