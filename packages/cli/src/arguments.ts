import { Option } from "commander";
import { isObject } from "./is-object.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws Error that says where the ids are. */
export function parseFinding(id: string): string {
  return parseId(id, "A finding", "quillon finding ls");
}

/** @param webhook its name. @throws Error that says where the ids are. */
export function parseDelivery(id: string, webhook: string): string {
  return parseId(id, "A delivery", `quillon webhook deliveries ${webhook}`);
}

function parseId(id: string, what: string, shownBy: string): string {
  if (UUID.test(id)) return id;
  throw new Error(`${what}'s id can't be "${id}": ${shownBy} shows the ids, each with 36 characters.`);
}

/** A pack and the version after its `@`. `latest`, or no version, is an empty tag. */
export function parsePack(text: string): { name: string; versionTag: string } {
  const [, name, versionTag = ""] = /^([^@/]+)(?:@([^@/]+))?$/.exec(text) ?? [];
  if (name) return { name, versionTag: versionTag === "latest" ? "" : versionTag };
  throw new Error(`A policy pack can't be "${text}": write PACK or PACK@VERSION, such as aws-rules@1.2.0.`);
}

/** A pack as the Pulumi CLI names it: PACK or ORG/PACK. */
export function parseOwnedPack(text: string): { owner?: string; name: string } {
  const [, owner, name] = /^(?:([^/@]+)\/)?([^/@]+)$/.exec(text) ?? [];
  if (name) return { ...(owner && { owner }), name };
  throw new Error(`A policy pack can't be "${text}": write PACK or ORG/PACK, such as acme/aws-rules.`);
}

/** A package, whose name may begin with an `@`, and the version or the range of versions after its `@`. */
export function parsePackage(text: string): { name: string; version?: string } {
  const [, name, version] = /^(@?[^@]+)(?:@([^@]+))?$/.exec(text) ?? [];
  if (name) return { name, ...(version && { version }) };
  throw new Error(`A package can't be "${text}": write NAME or NAME@VERSION, such as lodash or 'lodash@<4.17.21'.`);
}

/** @param what begins the error, such as "--config". @throws Error that says what is wrong with the text. */
export function parseObject(what: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} is not JSON: ${(error as Error).message}.`);
  }
  if (isObject(value)) return value;
  throw new Error(`${what} must be a JSON object, in braces.`);
}

/** An option that may be given several times. */
export function repeated(flags: string, what: string): Option {
  const add = (value: string, all: string[] = []) => [...all, value];
  return new Option(flags, `${what}; may be repeated`).argParser(add);
}

/** @throws Error that names the option. */
export function parseCount(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${option} can't be "${text}": write a whole number above 0.`);
}
