import { resolve } from "node:path";
import { normalBackend } from "@quillon/contract/backend-url";
import { accountHome } from "../folders.ts";
import { wholeUrl } from "../run/place.ts";

/** A backend whose stacks are listed. */
export interface Backend {
  /** As the Pulumi CLI is given it. It may hold credentials. */
  url: string;
  /** As Quillon knows it, and as it is shown. */
  known: string;
  /** The folder, where it is one. */
  folder?: string;
}

/** @throws Error that says what to name, or which command to use. */
export function backendOf(given: string, { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): Backend {
  if (/^https?:\/\//i.test(given))
    throw new Error(
      `${shown(given)} is a service, and not a bucket or a folder. Of stacks on a Quillon server, quillon receipt ls --status incomplete lists the runs without a complete receipt. At a vendor nothing can be scanned.`,
    );
  if (!given.includes("://"))
    throw new Error(`"${given}" is not the URL of a backend. For a folder, write file://${resolve(cwd, given)}`);
  if (!SCHEMES.some((scheme) => given.startsWith(`${scheme}://`)))
    throw new Error(
      `${shown(given)} is no backend that holds states: its URL begins with ${SCHEMES.join("://, ")}://.`,
    );
  const known = normalBackend(wholeUrl(given, { cwd, env }));
  if (known === undefined) throw new Error(`${shown(given)} is not a URL that Quillon knows a backend by.`);
  if (!given.startsWith(FILE)) return { url: given, known };
  const folder = resolve(cwd, given.slice(FILE.length).replace(/^~(?=$|[\\/])/, accountHome()));
  return { url: `${FILE}${folder}`, known, folder };
}

const FILE = "file://";
const SCHEMES = ["file", "s3", "gs", "azblob", "postgres"];

function shown(url: string): string {
  return normalBackend(url) ?? url.replace(/\/\/[^/@]*@/, "//").replace(/\?.*/s, "");
}

/** Takes out of a text what is secret in the backend's URL: programs repeat it in their messages. */
export function withoutCredentials(text: string, { url, known }: Backend): string {
  const query = url.split("?")[1] ?? "";
  const [, user] = /^[^/]*:\/\/([^/@]*)@/.exec(url) ?? [];
  const secrets = [user, ...new URLSearchParams(query).values()].filter((one) => one && !known.includes(one));
  return [url, query && `?${query}`, ...secrets]
    .filter((one): one is string => Boolean(one))
    .reduce((left, secret) => left.replaceAll(secret, secret === url ? known : "[…]"), text);
}
