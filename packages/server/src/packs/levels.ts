import type { PackMetadata } from "@quillon/contract";
import { isObject } from "../json/is-object.ts";

const LEVELS = ["advisory", "mandatory", "remediate", "disabled"];

/** A policy as far as its level depends on it. */
type Leveled = Pick<PackMetadata["policies"][number], "name"> & { enforcementLevel?: unknown };

/**
 * The level of each policy of a pack as it runs: its own, replaced by what the configuration has for `all`, replaced by what
 * it has for the policy. A policy whose level nobody says is left out. The client decides the same way:
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/resource/analyzer/config.go
 */
export function levelsInEffect(policies: readonly Leveled[], config: unknown): Record<string, string> {
  const configured = isObject(config) ? config : {};
  const all = levelOf(configured, "all");
  const levels = policies.map(({ name, enforcementLevel }) => [
    name,
    levelOf(configured, name) ?? all ?? known(enforcementLevel),
  ]);
  return Object.fromEntries(levels.filter(([, level]) => level !== undefined));
}

function levelOf(config: Record<string, unknown>, policy: string): string | undefined {
  const own = Object.hasOwn(config, policy) ? config[policy] : undefined;
  return isObject(own) ? known(own.enforcementLevel) : undefined;
}

function known(level: unknown): string | undefined {
  return typeof level === "string" && LEVELS.includes(level) ? level : undefined;
}
