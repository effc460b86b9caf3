import type { PackNeeds } from "./pack-needs.ts";

/** For people, such as `Python 3.11, pip, linux-x86_64 or macos-arm64, no package registry`. */
export function needsText({ programs, platforms = [], registry }: PackNeeds): string {
  const named = programs.map(({ name, version }) => [name, version].filter(Boolean).join(" "));
  const where = platforms.length > 0 ? [platforms.join(" or ")] : [];
  return [...named, ...where, registry ? "a package registry" : "no package registry"].join(", ");
}
