/** The files that ARCHITECTURE.md names in backticks, except in paragraphs about what is not built yet. */
export function namedFiles(page: string): string[] {
  const built = page.split("\n\n").filter((paragraph) => !paragraph.startsWith("Not built yet"));
  const names = built.flatMap((paragraph) => [...paragraph.matchAll(/`([\w@./-]+\.(?:ts|md|json|cjs|mjs))`/g)]);
  return [...new Set(names.map(([, name = ""]) => name))];
}

/** Those of `names` that no file of the repository has, as its path or as the end of its path. */
export function missingFiles(names: readonly string[], paths: readonly string[]): string[] {
  return names.filter((name) => !paths.some((path) => path === name || path.endsWith(`/${name}`)));
}

/** The first cells of the rows of the tables whose heading is `heading`, without backticks. */
export function namedRooms(page: string, heading: string): string[] {
  const table = page.split("\n\n").find((paragraph) => paragraph.startsWith(`| ${heading} |`)) ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|")[1]?.trim().replaceAll("`", "") ?? "");
}
