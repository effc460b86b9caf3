/**
 * SQLSTATE classes and codes of a database that can't do anything at the moment, whatever it is asked: connection
 * exceptions (08), insufficient resources (53), a statement that waited too long (57014), a shutdown or start (57P01 to
 * 57P03), and a transaction that was ended because it was idle (25P03).
 * https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
const SQLSTATES = /^(08...|53...|57014|57P0[123]|25P03)$/;

/** Codes of the operating system with which a connection fails or breaks. */
const CONNECTION = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)$/;

/** `pg` and its pool give these errors no code. */
const MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout|The embedded database failed)/;

/** Whether a statement was ended because it took too long. It would take as long the next time. */
export function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === "57014";
}

/** Whether a query failed because the database can't be reached or can't work, and not because of the query. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  // The database's unix socket is missing while it restarts.
  if (code === "ENOENT") return syscall === "connect";
  return SQLSTATES.test(code) || CONNECTION.test(code) || MESSAGES.test(error.message);
}
