import { JsonText } from "@quillon/contract/client";

/** A policy as far as two versions of it are compared. */
export interface ComparedPolicy {
  name: string;
  enforcementLevel?: string;
  severity?: string;
  configSchema?: { properties?: Record<string, unknown>; required?: string[] };
}

/** Something about a policy that differs. What one of the versions does not have is empty. */
export interface Part {
  what: string;
  from: string;
  to: string;
}

export interface PolicyChange {
  policy: string;
  change: "added" | "removed" | "changed";
  /** Of an added or removed policy: its level and severity. */
  parts: Part[];
}

/** What `after` does differently from `before`: first what is removed, then what is added, then what is changed, each by name. */
export function difference(before: readonly ComparedPolicy[], after: readonly ComparedPolicy[]): PolicyChange[] {
  const was = new Map(before.map((policy) => [policy.name, policy]));
  const is = new Map(after.map((policy) => [policy.name, policy]));
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  const changes = names.flatMap((policy): PolicyChange[] => {
    const [old, now] = [was.get(policy), is.get(policy)];
    const parts = partsOf(old, now);
    if (!old) return [{ policy, change: "added", parts }];
    if (!now) return [{ policy, change: "removed", parts }];
    return parts.length > 0 ? [{ policy, change: "changed", parts }] : [];
  });
  return order.flatMap((change) => changes.filter((one) => one.change === change));
}

const order = ["removed", "added", "changed"] as const;

function partsOf(old: ComparedPolicy | undefined, now: ComparedPolicy | undefined): Part[] {
  const plain = (what: string, field: "enforcementLevel" | "severity"): Part => ({
    what,
    from: old?.[field] ?? "",
    to: now?.[field] ?? "",
  });
  const parts = [plain("level", "enforcementLevel"), plain("severity", "severity")];
  // What a policy as a whole brings or takes with it is not told again for each property.
  if (old && now) parts.push(...schemaParts(old.configSchema, now.configSchema));
  return parts.filter(({ from, to }) => from !== to);
}

type Schema = ComparedPolicy["configSchema"];

function schemaParts(old: Schema, now: Schema): Part[] {
  const properties = new Set([...Object.keys(old?.properties ?? {}), ...Object.keys(now?.properties ?? {})]);
  return [...properties].sort().flatMap((property) => [
    { what: `schema of ${property}`, from: shown(old, property), to: shown(now, property) },
    { what: `${property} is required`, from: isRequired(old, property), to: isRequired(now, property) },
  ]);
}

function shown(schema: Schema, property: string): string {
  const { properties = {} } = schema ?? {};
  return Object.hasOwn(properties, property) ? JsonText.stringify(sorted(properties[property])) : "";
}

function isRequired(schema: Schema, property: string): string {
  return schema?.required?.includes(property) ? "yes" : "no";
}

/** The order of an object's fields says nothing. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof JsonText) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, sorted(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
