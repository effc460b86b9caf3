import { type Static, type TObject, type TSchema, Type } from "typebox";

/**
 * Who may call a route.
 *
 * - `public`: anybody. If a token is sent, it is ignored.
 * - `user`: anybody with a valid token.
 * - `person`: anybody with a valid token of their own, not with a token that belongs to an organization or a team.
 * - `site:admin`: a person who administers the whole server.
 * - `org:*`: a member of the organization in the path with at least that role; others get the same 404 as for an
 *   organization that does not exist.
 * - `team:admin`: an admin of the team in the path, or of its organization.
 * - `stack:*`: a member with at least that permission on the stack in the path. Somebody who may not read the stack gets
 *   the same 404 as for a stack that does not exist.
 * - `lease`: the running update itself, with its `update-token`.
 * - `signed`: anybody who has the URL, because the URL is signed.
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

/**
/**
 * The largest body that is accepted: an ordinary one, one that grows with a policy pack, one that grows with a stack, one with
 * secrets, or an archive. Each is a setting of the server. Of bodies with the limit `state` or `secret` only what the schema
 * names is decoded, so a schema must name all that is read.
 */
export type BodyLimit = "json" | "pack" | "state" | "secret" | "archive";

export interface Route {
  /** One line for the OpenAPI document. */
  readonly summary: string;
  readonly access: Access;
  readonly params?: TObject;
  readonly query?: TObject;
  /** Schema of the JSON body. A route without it has no JSON body. */
  readonly body?: TSchema;
  /**
   * A field that the body's schema does not name is refused, with the nearest known one. For what people write by hand: they
   * would take a 200 for a change. Routes on which newer clients send more stay without it.
   */
  readonly strict?: true;
  /** `json`: the handler also gets the bytes of the body. `stream`: it gets only a stream of them, and nothing is parsed. */
  readonly raw?: "json" | "stream";
  /** Default `json`. */
  readonly limit?: BodyLimit;
  /**
   * The status of success; default 200. A 204 has no body. The Pulumi CLI's own routes never use it, because the CLI
   * parses each body that it expects:
   * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L493
   */
  readonly status?: 201 | 204;
  readonly reply: TSchema;
  /** Media types of texts that the caller may ask for instead of `reply`. */
  readonly texts?: readonly string[];
}

/** The reply of a route that has nothing to return. */
export const Empty = Type.Object({});

/** Routes by `METHOD /path/{param}`. At run time a client needs only the key. */
export type Routes = Readonly<Record<`${"GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`, Route>>;

type Part<R, K extends string> = R extends { readonly [P in K]: infer S extends TSchema } ? Static<S> : undefined;

export type ParamsOf<R> = Part<R, "params">;
export type QueryOf<R> = Part<R, "query">;
export type BodyOf<R> = Part<R, "body">;
export type ReplyOf<R> = Part<R, "reply">;
