/** Parts of the JSON of Pulumi's API that several routes share. */

/** A time in unix seconds; 0 without a time. */
export function unixSeconds(time: Date | null | undefined): number {
  return time ? Math.floor(time.getTime() / 1000) : 0;
}

/** A user. Quillon has no avatars, but Pulumi's API always has the field. */
export function userInfo({ login, name }: { login: string; name: string }) {
  return { githubLogin: login, name, avatarUrl: "" };
}

/** A stack, without its organization. */
export function stackReference({ project, name }: { project: string; name: string }) {
  return { name, routingProject: project };
}
