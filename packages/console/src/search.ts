type Search = Record<string, unknown>;

/** Those of the named search parameters that have a text: `text(search, "project", "tag")` is `{ project?: string, tag?: string }`. */
export function text<K extends string>(search: Search, ...names: K[]): { [N in K]?: string } {
  const found: { [N in K]?: string } = {};
  for (const name of names) {
    // The router reads a search parameter as JSON, so that a name such as 7 is a number here.
    const value = search[name];
    if (value !== undefined && value !== null && value !== "") found[name] = String(value);
  }
  return found;
}
