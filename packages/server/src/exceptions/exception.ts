/** Policies and targets: a violation matches when it is of one of the policies and reported for one of the targets. */
export interface MatchEntry {
  policies: string[];
  /** URNs, which are compared to the byte. */
  targets: string[];
}

/** What lets violations of a policy pack through. */
export interface Exception {
  number: number;
  pack: string;
  match: MatchEntry[];
  reason: string;
  createdAt: Date;
  /** Null for a user who was removed. */
  createdBy: Person | null;
  expiresAt: Date | null;
  /** With which it was approved. */
  requestId: string | null;
  /** Null while it is active. */
  removedAt: Date | null;
  /** Null when it has ended by itself, too. */
  removedBy: Person | null;
}

export interface Person {
  login: string;
  name: string;
}

/** How people and clients name an exception. */
export function exceptionId(number: number): string {
  return `EXC-${number}`;
}

/** @returns undefined when no exception can have this id. */
export function readExceptionId(id: string): number | undefined {
  const [, digits] = /^EXC-([1-9][0-9]{0,8})$/.exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
