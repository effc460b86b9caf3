import { JsonText } from "@quillon/contract/client";

/** One property that a policy changed. Without `before` it was added, and without `after` it was removed. */
export interface PropertyChange {
  path: string;
  before?: string;
  after?: string;
}

/** https://github.com/pulumi/pulumi/blob/v3.220.0/sdk/go/common/resource/sig/sig.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

function isMap(value: unknown): value is Record<string, unknown> {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  return isPlain && !(value instanceof JsonText) && !Object.hasOwn(value, SIGNATURE);
}

function textOf(value: unknown): string {
  const isSecret = typeof value === "object" && value !== null && Reflect.get(value, SIGNATURE) === SECRET;
  return isSecret ? "[secret]" : JsonText.stringify(value);
}

/** The properties that differ, each by its path. Of what is the same nothing is told. */
export function propertyChanges(before: unknown, after: unknown, path = ""): PropertyChange[] {
  if (isMap(before) && isMap(after)) return changesInside(before, after, (key) => (path ? `${path}.${key}` : key));
  if (Array.isArray(before) && Array.isArray(after))
    return changesInside({ ...before }, { ...after }, (key) => `${path}[${key}]`);
  const [was, is] = [before, after].map((value) => (value === undefined ? undefined : textOf(value)));
  if (was === is) return [];
  return [{ path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
}

function changesInside(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  pathOf: (key: string) => string,
): PropertyChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const own = (object: object, key: string) => (Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined);
  return keys.flatMap((key) => propertyChanges(own(before, key), own(after, key), pathOf(key)));
}
