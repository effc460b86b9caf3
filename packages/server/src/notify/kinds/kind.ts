import type { WebhookFilterName } from "@quillon/contract";

/** What a message is about, whatever its kind. */
export interface About {
  /** Base of the server's URLs. */
  url: string;
  organization: string;
  stack?: { project: string; name: string } | undefined;
  /** Who caused it; not there for what the server did by itself. */
  user?: { login: string; name: string } | undefined;
}

/** A message before a format writes it. */
export interface Message {
  /** Pulumi's JSON. */
  payload: object;
  /** For people, in plain text. */
  title: string;
  facts: readonly (readonly [name: string, text: string])[];
  /** At most five. */
  lines: readonly string[];
  link: string;
}

/** One kind of message: which filters an event of it has, and what it says to those who asked for some of them. */
export interface Kind<D> {
  /** The header `Pulumi-Webhook-Kind`. */
  name(data: D): string;
  filters(data: D): readonly WebhookFilterName[];
  message(about: About, data: D, wanted: readonly WebhookFilterName[]): Message;
}

/** What Pulumi's payloads begin with. Quillon has no avatars, but their readers expect the field. */
export function senderOf({ organization, stack, user }: About) {
  return {
    ...(user && { user: { name: user.name, githubLogin: user.login, avatarUrl: "" } }),
    organization: { name: organization, githubLogin: organization, avatarUrl: "" },
    ...(stack && { projectName: stack.project, stackName: stack.name }),
  };
}

export function stackName({ organization, stack }: About): string {
  return stack ? `${organization}/${stack.project}/${stack.name}` : organization;
}

/** A page of the organization in the console; without a path its overview. */
export function pageUrl({ url, organization }: About, ...path: string[]): string {
  return [url, ...[organization, ...path].map(encodeURIComponent)].join("/");
}

export function stackUrl(about: About, ...path: string[]): string {
  const { project = "", name = "" } = about.stack ?? {};
  return pageUrl(about, project, name, ...path);
}

/** The fact of who caused it. */
export function byWhom({ user }: About): [string, string][] {
  return user ? [["By", user.name || user.login]] : [];
}
