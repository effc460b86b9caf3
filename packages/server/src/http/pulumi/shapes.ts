/** Pieces of Pulumi's wire shapes that several routes share. */

/** A time as Pulumi's clients take it; 0 for one that has not come. */
export function unixSeconds(time: Date | null | undefined): number {
  return time ? Math.floor(time.getTime() / 1000) : 0;
}

/** A person. Quillon has no pictures, and clients insist on the field. */
export function userInfo({ login, name }: { login: string; name: string }) {
  return { githubLogin: login, name, avatarUrl: "" };
}

/** A stack of a known organization. */
export function stackReference({ project, name }: { project: string; name: string }) {
  return { name, routingProject: project };
}
