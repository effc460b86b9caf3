import { type Static, Type } from "typebox";

/** Because of what a violation does not count. */
export const NamedException = Type.Object({
  /** Such as `EXC-1`; of a configuration on somebody's disk, its key. */
  id: Type.String(),
  /** Empty when it was not told. */
  reason: Type.String(),
  /** RFC 3339. Absent without an end, and of an exception that the server does not have. */
  expiresAt: Type.Optional(Type.String()),
});
export type NamedException = Static<typeof NamedException>;
