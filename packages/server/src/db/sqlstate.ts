/** SQLSTATEs that the server reacts to; https://www.postgresql.org/docs/15/errcodes-appendix.html */
export const SQLSTATE = {
  uniqueViolation: "23505",
  foreignKeyViolation: "23503",
  undefinedTable: "42P01",
  numberOutOfRange: "22003",
  serializationFailure: "40001",
  deadlock: "40P01",
  forbidden: "42501",
  readOnly: "25006",
  diskFull: "53100",
  canceled: "57014",
  transactionTooLong: "25P04",
} as const;

/** For text that PostgreSQL can't store: a NUL character, or half of a surrogate pair. */
const UNSTORABLE_TEXT = ["22021", "22P05", "22P02"];

export function isUnstorableText(error: unknown): boolean {
  return UNSTORABLE_TEXT.some((state) => hasSqlState(error, state));
}

/** Whether the database refused a statement with that SQLSTATE. Not `instanceof`, because PGlite has its own error class. */
export function hasSqlState(error: unknown, state: string): boolean {
  return typeof error === "object" && error !== null && (error as { code?: unknown }).code === state;
}
