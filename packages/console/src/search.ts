type Search = Record<string, unknown>;

/** Those of the named search parameters that have a text: `text(search, "project", "tag")` is `{ project?: string, tag?: string }`. */
export function text<K extends string>(search: Search, ...names: K[]): { [N in K]?: string } {
  const found: { [N in K]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (value !== undefined && value !== null && value !== "") found[name] = String(value);
  }
  return found;
}

/** All search parameters as texts. The router's own way reads them as JSON, and so a project named 7 as a number. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** The other way round; what is undefined or empty is left out. */
export function stringifySearch(search: Search): string {
  const texts = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const params = new URLSearchParams(texts.map(([name, value]) => [name, String(value)]));
  return params.size > 0 ? `?${params}` : "";
}

/**
 * What a page accepts of the search parameters, and nothing else: to what `read` returns, the router adds all others as they are in the
 * address, also those that `read` refused, unless they are named.
 */
export const only =
  <S extends object>(read: (search: Search) => S) =>
  (search: Search): S => ({
    ...Object.fromEntries(Object.keys(search).map((name) => [name, undefined])),
    ...read(search),
  });
