import { QuillonError } from "@quillon/contract";
import { isConflict } from "./conflicts.ts";
import { hasSqlState, SQLSTATE } from "./sqlstate.ts";

/**
 * SQLSTATE classes and codes of a database that can't do anything at the moment, whatever it is asked: connection
 * exceptions (08), insufficient resources (53), a statement that waited too long (57014), a shutdown or start (57P01 to
 * 57P03), a session or transaction that was ended because it was idle or too long (57P05, 25P03, 25P04), and a database that only
 * reads (25006): a standby, or one whose disk is almost full.
 * https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
const SQLSTATES = /^(08...|53...|57014|57P0[1235]|25P0[34]|25006)$/;

/** Codes of the operating system with which a connection fails or breaks. */
const CONNECTION = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)$/;

/** `pg` and its pool give these errors no code. */
const MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout|The embedded database failed)/;

/**
 * Whether something failed because the database can't be reached or can't work, or the server has no thread for it, and not because
 * of itself.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof QuillonError) return error.id === "server_busy";
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  // The database's unix socket is missing while it restarts.
  if (code === "ENOENT") return syscall === "connect";
  return SQLSTATES.test(code) || CONNECTION.test(code) || MESSAGES.test(error.message);
}

/** A database that was only slow, or a row that somebody else had locked, is expected to be over by then. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Whether work that failed is tried again later, because the reason was the database. What took too long may always take as long,
 * so after some minutes it is not.
 *
 * @param since when there was the work.
 */
export function isWorthRetrying(error: unknown, since: Date): boolean {
  if (isConflict(error)) return true;
  if (!isUnavailable(error)) return false;
  const tookTooLong = hasSqlState(error, SQLSTATE.canceled) || hasSqlState(error, SQLSTATE.transactionTooLong);
  // A server that has just started has not tried yet.
  const tried = Math.min(Date.now() - since.getTime(), process.uptime() * 1000);
  return !tookTooLong || tried < PATIENCE_MS;
}
