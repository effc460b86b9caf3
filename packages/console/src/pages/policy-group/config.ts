import { isObject } from "./field.ts";

/** The configuration of a pack in a group: by policy, and under `all` the level of those that are not named. */
export type Config = Record<string, unknown>;

/** What a policy does when something violates it. */
export const levels = ["advisory", "mandatory", "remediate", "disabled"];

const LEVEL = "enforcementLevel";

/** What is configured of a policy. */
export function ownOf(config: Config, policy: string): Config {
  const own = Object.hasOwn(config, policy) ? config[policy] : undefined;
  return isObject(own) ? own : {};
}

/** Empty when it is not configured. */
export function levelOf(config: Config, policy: string): string {
  const { [LEVEL]: level } = ownOf(config, policy);
  return typeof level === "string" ? level : "";
}

/** @param level empty takes it away. */
export function withLevel(config: Config, policy: string, level: string): Config {
  return withValue(config, policy, { property: LEVEL, value: level || undefined });
}

/** @param change a value of undefined takes it away, and a policy of which nothing is left, too. */
export function withValue(
  config: Config,
  policy: string,
  { property, value }: { property: string; value: unknown },
): Config {
  const { [property]: _, ...others } = ownOf(config, policy);
  const own = value === undefined ? others : { ...others, [property]: value };
  const { [policy]: __, ...rest } = config;
  return Object.keys(own).length > 0 ? { ...rest, [policy]: own } : rest;
}
