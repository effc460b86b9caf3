const OF_MESSAGE =
  "Ends with 0 when the destination took the message (a status from 200 to 299), with 2 when not, and with 1 when none was sent.";

/** With what a command ends that did what it was asked to, and whose answer is no: something is violated, or not as it must be. */
export const ANSWER_IS_NO = 2;

/** With what a command ends, of those for which there is more to say than that it is done or could not be. Each --help has its own. */
export const exitCodes: Record<string, string> = {
  server: "Ends with 0 when it was told to stop, and with 1 when it could not start, or not close cleanly.",
  backup: `\
Ends with 0 when the backup has everything, with 2 when the data folder lacks blobs that the database names, which the backup then lacks, too, and
with 1 when there is no backup.`,
  restore:
    "Ends with 0 when everything was restored, with 2 when the backup lacks blobs that its database names, and with 1 when nothing was.",
  doctor:
    "Ends with 0 when there is no problem, and with 2 when there is one. What only some need, such as Python, is a warning.",
  "policy test": "Ends with 0 when all tests pass, with 2 when one fails, and with 1 when they could not be run.",
  "receipt verify":
    "Ends with 0 when the signature is valid, with 2 when it is not, and with 1 when that could not be found out.",
  "policy validate-config":
    "Ends with 0 when the configuration is valid, and with 1 when it is not, or when that could not be found out.",
  verify:
    "Ends with 0 when the receipt is complete, with 2 when it is not or there is none, and with 1 when that could not be found out.",
  check:
    "Ends with 0 when nothing mandatory is violated, with 2 when something is, and with 1 when the state could not be checked.",
  run: "Ends with the exit code of the command, and with 1, without having run it, when Quillon refuses it or can't say what must run.",
  scan: `\
Ends with 0 when each stack is known, each update has a complete receipt or one that does not apply, and --check finds nothing mandatory; with 2
when not; and with 1 when not every stack could be read or checked.`,
  "stacks migrate":
    "Ends with 0 when every stack is moved, or can be; with 2 when not; and with 1 when nothing could be said.",
  "webhook ping": OF_MESSAGE,
  "webhook redeliver": OF_MESSAGE,
  results:
    "Ends with 0 also when there are violations. With --fail-on it ends with 2 then; and with 1 when they could not be shown.",
};

/** Of all others. */
export const usualExitCodes =
  "Ends with 0 when it is done, and with 1 when it could not be done: the last line says why.";
