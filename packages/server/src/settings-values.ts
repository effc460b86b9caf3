import { isIP } from "node:net";

/** How the texts of settings are read. Each throws an Error that says how to write one. */

export function asGiven(text: string): string {
  return text;
}

export function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (!match || port > 65535) throw new Error("write it as HOST:PORT, such as 127.0.0.1:8080");
  return { host: match.groups?.v6 ?? match.groups?.host ?? "", port };
}

/** Headers that mean something else. */
const TAKEN_HEADERS = ["authorization", "cookie", "host", "origin", "x-forwarded-for"];

export function parseHeader(text: string): string {
  const name = text.toLowerCase();
  if (!/^[a-z0-9-]{1,100}$/.test(name) || TAKEN_HEADERS.includes(name))
    throw new Error("write the name of a header, such as X-Forwarded-User");
  return name;
}

export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new Error("write a port, such as 3000, or 0");
  return Number(text);
}

export function parseSwitch(text: string): boolean {
  if (text !== "on" && text !== "off") throw new Error("write on or off");
  return text === "on";
}

export function parseUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new Error("write it as https://HOST");
  return text.replace(/(?<!\/)\/+$/, "");
}

const BUCKET = "write it as s3://BUCKET/PREFIX?region=REGION&endpoint=URL, where all but the bucket can be left out";

export function parseBucket(text: string): { bucket: string; prefix: string; region?: string; endpoint?: string } {
  if (!/^s3:\/\//.test(text) || !URL.canParse(text)) throw new Error(BUCKET);
  const { hostname: bucket, pathname, searchParams, username, password, port, hash } = new URL(text);
  if (username || password)
    throw new Error("keys are not written here, but in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  const { region, endpoint, ...others } = Object.fromEntries(searchParams);
  if (!bucket || port || hash || Object.keys(others).length > 0) throw new Error(BUCKET);
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint))
    throw new Error(`${BUCKET}, and the endpoint as https://HOST`);
  const folders = decodeURIComponent(pathname).split("/").filter(Boolean);
  const prefix = folders.map((folder) => `${folder}/`).join("");
  // Others than Amazon mostly have no regions, and the client asks for one.
  const place = region ?? (endpoint === undefined ? undefined : "us-east-1");
  return { bucket, prefix, ...(place && { region: place }), ...(endpoint && { endpoint }) };
}

const NAMED_NETWORKS = ["loopback", "linklocal", "uniquelocal"];

export function parseAddresses(text: string): string[] {
  const addresses = text.split(",").map((address) => address.trim());
  if (addresses.every((address) => NAMED_NETWORKS.includes(address) || isNetwork(address))) return addresses;
  throw new Error("write addresses or networks with commas between, such as loopback,10.0.0.0/8");
}

export function parseNetworks(text: string): string[] {
  const networks = text.split(",").map((network) => network.trim());
  if (text === "") return [];
  if (networks.every(isNetwork)) return networks;
  throw new Error("write addresses or networks with commas between, such as 10.0.0.0/8,fd00::/8");
}

function isNetwork(text: string): boolean {
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

export function parseLevel(text: string): string {
  if (LEVELS.includes(text)) return text;
  throw new Error(`write one of ${LEVELS.join(", ")}`);
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Error("write a whole number above 0");
  return Number(text);
}

export function parseSize(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error("write a whole number, such as 1048576");
  return Number(text);
}

export const FOREVER = "forever";

/** @returns undefined for the word that stands for no limit. */
export function parseUnless(word: string, text: string, parse: (text: string) => number): number | undefined {
  if (text === word) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${(error as Error).message}, or ${word}`);
  }
}

/** More than a thousand years would be before the first date that a database knows. */
const MOST_DAYS = 365_000;

/** 0 for what is none, or too many. */
function daysOf(text: string): number {
  const days = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  return days <= MOST_DAYS ? days : 0;
}

export function parseDays(text: string): number {
  const days = daysOf(text);
  if (days >= 1) return days;
  throw new Error(`write a whole number of days, from 1 to ${MOST_DAYS}`);
}

/** Longer waits are more than a timer can do. */
const MOST_HOURS = 500;

export function parseHours(text: string): number {
  const hours = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  if (hours >= 1 && hours <= MOST_HOURS) return hours;
  throw new Error(`write a whole number of hours, from 1 to ${MOST_HOURS}`);
}

/** What is proof must be there for an audit of the last year, and some weeks more. */
const LEAST_DAYS = 400;

export function parseLongDays(text: string): number {
  const days = daysOf(text);
  if (days >= LEAST_DAYS) return days;
  throw new Error(
    `it must be kept for ${LEAST_DAYS} days at least, so write a number from ${LEAST_DAYS} to ${MOST_DAYS}`,
  );
}

export function parseLogin(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_-]{1,38}[a-zA-Z0-9]$/.test(text)) return text;
  throw new Error("use 3 to 40 letters, digits, - and _, beginning and ending with a letter or digit");
}
