import type { PackNeeds } from "./pack-needs.ts";

/** For people, such as `Node.js >=20.19, npm, no registry`. */
export function needsText({ programs, registry }: PackNeeds): string {
  const named = programs.map(({ name, version }) => [name, version].filter(Boolean).join(" "));
  return [...named, registry ? "a package registry" : "no package registry"].join(", ");
}
