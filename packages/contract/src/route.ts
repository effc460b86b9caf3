import type { Static, TObject, TSchema } from "typebox";

/**
 * Who may call a route.
 *
 * - `public`: anybody; a token, when one is sent, is not looked at.
 * - `user`: anybody with a valid token.
 * - `person`: likewise, but not with a token that belongs to an organization or a team.
 * - `site:admin`: a person who administers the whole server.
 * - `org:*`: a member of the organization in the path with at least that role; others get the same 404 as for an
 *   organization that does not exist.
 * - `team:admin`: an admin of the team in the path, or of its organization.
 * - `stack:*`: a member with at least that permission on the stack in the path; who may not read it gets the same 404 as
 *   for a stack that does not exist.
 * - `lease`: the running update itself, by its `update-token`.
 * - `signed`: whoever holds the URL, which carries its own proof.
 */
export type Access =
  | "public"
  | "user"
  | "person"
  | "site:admin"
  | "org:member"
  | "org:policy"
  | "org:admin"
  | "team:admin"
  | "stack:read"
  | "stack:write"
  | "stack:admin"
  | "lease"
  | "signed";

/** How large a body may be, named by the setting that holds the number of bytes. */
export type BodyLimit = "json" | "state" | "archive";

export interface Route {
  /** One line for the OpenAPI document. */
  readonly summary: string;
  readonly access: Access;
  readonly params?: TObject;
  readonly query?: TObject;
  /** Schema of a JSON body. Left out: the route takes none. */
  readonly body?: TSchema;
  /** The body's exact bytes are handed over too (`json`), or only a stream of them (`stream`, never parsed). */
  readonly raw?: "json" | "stream";
  /** Default `json`. */
  readonly limit?: BodyLimit;
  /** Of success; default 200. A 204 has no body, whatever `reply` says: never for what the Pulumi CLI calls. */
  readonly status?: 201 | 204;
  readonly reply: TSchema;
}

/** Routes by `METHOD /path/{param}`. The key is all that a client needs at run time. */
export type Routes = Readonly<Record<`${"GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`, Route>>;

type Part<R, K extends string> = R extends { readonly [P in K]: infer S extends TSchema } ? Static<S> : undefined;

export type ParamsOf<R> = Part<R, "params">;
export type QueryOf<R> = Part<R, "query">;
export type BodyOf<R> = Part<R, "body">;
export type ReplyOf<R> = Part<R, "reply">;
