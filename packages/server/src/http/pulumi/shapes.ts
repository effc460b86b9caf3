import type { Role } from "@quillon/contract";

/** Parts of the JSON of Pulumi's API that several routes share. */

/** A time in unix seconds; 0 without a time. */
export function unixSeconds(time: Date | null | undefined): number {
  return time ? Math.floor(time.getTime() / 1000) : 0;
}

/** A user. Quillon has no avatars, but Pulumi's API always has the field. */
export function userInfo({ login, name }: { login: string; name: string }) {
  return { githubLogin: login, name, avatarUrl: "" };
}

/** Pulumi's API has only these two of our roles: a policy manager is a member there. */
export function pulumiRole(role: Role): "admin" | "member" {
  return role === "admin" ? "admin" : "member";
}

/** Where a console shows a thing. Pulumi's API always has the field, and its console has these paths. */
export function linksTo({ url }: { url: string }, ...path: string[]): { self: string } {
  return { self: [url, ...path.map(encodeURIComponent)].join("/") };
}

/** A stack, without its organization. */
export function stackReference({ project, name }: { project: string; name: string }) {
  return { name, routingProject: project };
}
