/**
 * What comes before the text of requirements where it is signed. The key signs receipts, too, and no text of a receipt begins so: a
 * signature of one is never valid for the other.
 */
export const REQUIREMENTS = "quillon requirements 1\n";

/** So long at most can a stack's requirements be used without asking the server. */
export const MOST_DAYS = 30;

/** So far at most may a machine's clock be behind the server's, which has said when they were made. */
export const CLOCKS_APART_MS = 5 * 60_000;
