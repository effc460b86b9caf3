import type { Role, StackPermission } from "@quillon/contract";
import type { Blobs } from "./blobs/types.ts";
import type { Db } from "./db/open.ts";
import type { Keys } from "./keys.ts";
import type { Limits } from "./settings.ts";

/** Writes what an operator should know. The first argument is what a machine looks for, the second a sentence. */
export interface Log {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

/** What every room's verb may use. The front door makes it for each request; nothing else is reached by import. */
export interface Ctx {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly keys: Keys;
  readonly limits: Limits;
  readonly log: Log;
  /** Base of the URLs handed to this client, without a slash at the end. */
  readonly url: string;
  /** Where the request came from. */
  readonly ip: string;
}

export interface Actor {
  /** Of the person, or of the user that stands for an organization's or a team's token. */
  readonly userId: string;
  readonly login: string;
  /** For people to read. */
  readonly name: string;
  /** Administers the whole server. */
  readonly siteAdmin: boolean;
  /** The token's name; a person's tokens have none. */
  readonly tokenName: string;
  /** Where alone the caller may act, when the token is not a person's. */
  readonly scope?: TokenScope;
}

export interface TokenScope {
  readonly organization: { readonly id: string; readonly name: string };
  readonly role: Role;
  readonly team?: { readonly id: string; readonly name: string };
}

export interface UserCtx extends Ctx {
  readonly actor: Actor;
}

/** The caller is a member of `org`; the front door has checked that their role suffices. */
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

/** Likewise for a stack that exists. */
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
  /** Compared with the stack's in every statement that writes state; null for a dry run, which holds nothing. */
  readonly epoch: string | null;
}

/** Runs `work` in one transaction: its context's `db` is the transaction, and nothing else may be queried meanwhile. */
export function transaction<C extends Ctx, T>(ctx: C, work: (ctx: C) => Promise<T>): Promise<T> {
  return ctx.db.transaction().execute((db) => work({ ...ctx, db }));
}
