import type { Role, StackPermission } from "@quillon/contract";
import type { Blobs } from "./blobs/types.ts";
import { despiteConflicts } from "./db/conflicts.ts";
import type { Db } from "./db/open.ts";
import type { Keys } from "./keys.ts";
import type { KnownSecrets } from "./masking/texts.ts";
import type { Metrics } from "./metrics.ts";
import type { Sender } from "./outbound/sender.ts";
import type { Recent } from "./recent.ts";
import type { Workers } from "./workers/pool.ts";

/** Writes what an operator should know. The first argument is for programs, the second is a sentence. */
export interface Log {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

/** All that a verb may use. `http` makes it for each request. */
export interface Ctx {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly keys: Keys;
  readonly limits: Limits;
  readonly server: ServerFacts;
  readonly workers: Workers;
  readonly sender: Sender;
  readonly metrics: Metrics;
  /** What is masked in the events of updates, by the update's id. It is in memory alone. */
  readonly secretTexts: Recent<KnownSecrets>;
  readonly log: Log;
  /** Base of the URLs that this client is given, without a slash at the end. */
  readonly url: string;
  /** Where the request came from. */
  readonly ip: string;
  /** The login of the person whom a trusted reverse proxy has signed in. It is the proxy's word: there may be no such user. */
  readonly proxyLogin: string | undefined;
}

/** What the operator has chosen and people may know. */
export interface ServerFacts {
  readonly version: string;
  readonly database: "embedded" | "postgresql";
  /** In days, but for the states of each stack. Null for ever. */
  readonly keeps: {
    /** 0 when they can't be restored. */
    readonly deletedStacksDays: number;
    readonly predictionsDays: number;
    readonly eventsDays: number | null;
    readonly receiptsDays: number | null;
    readonly findingsDays: number | null;
    readonly auditDays: number | null;
    readonly stateVersions: number | null;
  };
  /** From how many bytes on clients send deltas of states. Null for never. */
  readonly deltaCutoff: number | null;
  /** Whether clients may send journals of states. */
  readonly journal: boolean;
}

/**
 * In bytes, except `entries`, the most files and folders in an archive, and `requests`, the most requests of one token in
 * ten seconds.
 */
export interface Limits {
  readonly json: number;
  readonly pack: number;
  readonly state: number;
  readonly secret: number;
  readonly archive: number;
  readonly entries: number;
  readonly requests: number;
}

/** Who calls. */
export interface Actor {
  /** Of the person, or of the user that stands for an organization's or a team's token. */
  readonly userId: string;
  readonly login: string;
  /** For people to read. */
  readonly name: string;
  /** Administers the whole server. */
  readonly siteAdmin: boolean;
  readonly tokenId: string;
  /** The token's name. A person's tokens have none. */
  readonly tokenName: string;
  /** Null for a token that never expires. */
  readonly tokenExpires: Date | null;
  /** The token is a session of the console, which ends then. */
  readonly sessionExpires?: Date;
  /** The session was made because of what a reverse proxy said. */
  readonly signedInByProxy?: true;
  /** Where the token is valid, when it is not a person's. */
  readonly scope?: TokenScope;
}

export interface TokenScope {
  readonly organization: { readonly id: string; readonly name: string };
  readonly role: Role;
  readonly team?: { readonly id: string; readonly name: string };
  /** The only projects whose stacks it reads and changes. It is the role of a member then. */
  readonly projects?: readonly string[];
}

export interface UserCtx extends Ctx {
  readonly actor: Actor;
}

/** The caller is a member of `org`, and `http` has checked that their role suffices. */
export interface OrgCtx extends UserCtx {
  readonly org: {
    readonly id: string;
    readonly name: string;
    readonly role: Role;
    /** What its members may do with any stack. */
    readonly defaultPermission: StackPermission;
  };
}

/** The caller administers `team`, or its organization. */
export interface TeamCtx extends OrgCtx {
  readonly team: { readonly id: string; readonly name: string };
}

/** The stack exists, and `http` has checked that the caller's permission on it suffices. */
export interface StackCtx extends OrgCtx {
  readonly stack: StackRef;
}

export interface StackRef {
  readonly id: string;
  readonly project: string;
  readonly name: string;
}

/** The caller is a running update, known by its update-token. */
export interface LeaseCtx extends Ctx {
  readonly lease: Lease;
}

export interface Lease {
  readonly updateId: string;
  readonly stackId: string;
  /** Who made the update; null when that user is not there any more. */
  readonly userId: string | null;
  /** Every statement that writes state compares it with the stack's. Null for a dry run, which holds nothing. */
  readonly epoch: string | null;
  /** Where the stack's state is; null when it is here. */
  readonly backend: string | null;
}

type WithDb = Pick<Ctx, "db">;

/** A context whose `db` is a transaction. Verbs that take one leave it to their caller to commit. */
export type Tx<C extends WithDb = WithDb> = C & { readonly inTransaction: true };

/**
 * Runs `work` in one transaction, that of `ctx` if it is in one. Until it ends `work` may query only its own context: the embedded database has one
 * connection, so any other query would wait for it.
 *
 * @param work is called again when the database undid the transaction because of others, for example in a deadlock. So what it
 * does outside of the database must be harmless to do again: a verb makes blobs before, and removes them after.
 */
export function transaction<C extends WithDb, T>(ctx: C, work: (tx: Tx<C>) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return work({ ...ctx, inTransaction: true });
  return despiteConflicts(() => ctx.db.transaction().execute((db) => work({ ...ctx, db, inTransaction: true })));
}
