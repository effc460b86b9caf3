/** An update as the backend's history has it. Times are in milliseconds since 1970. */
export interface HistoryUpdate {
  start: number;
  end: number;
  result: string;
  /** How many resources for each operation. */
  changes?: Changes;
  /** The author of the commit that was checked out. */
  by?: string;
  commit?: string;
  pipeline?: string;
}

export type Changes = Readonly<Record<string, number>>;

/** A page of a history, the newest first. */
export interface Page {
  /** Those that deployed a program, as opposed to refreshes, destroys and imports, of which `quillon run` knows nothing. */
  updates: HistoryUpdate[];
  /** How many entries there are of every kind. */
  entries: number;
  /** When the oldest of them ended. */
  oldest: number;
}

/** Reads what `pulumi stack history --json` prints. Configuration is not kept. @throws NotPrinted when it is something else. */
export function readHistory(text: string): Page {
  const entries = parseList(text, "a history");
  return {
    updates: entries.filter(({ kind, result }) => kind === "update" && result !== "in-progress").map(updateOf),
    entries: entries.length,
    oldest: Math.min(...entries.map((entry) => endOf(entry))),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function updateOf(entry: Fields): HistoryUpdate {
  const environment = (entry.environment ?? {}) as Partial<Record<string, string>>;
  const { "git.author": author, "git.author.email": email, "git.head": commit, "ci.build.url": pipeline } = environment;
  const by = [author, email && `<${email}>`].filter(Boolean).join(" ");
  const changes = entry.resourceChanges as Changes | undefined;
  return {
    start: Date.parse(String(entry.startTime)),
    end: endOf(entry),
    result: String(entry.result),
    ...(changes && { changes }),
    ...(by && { by }),
    ...(commit && { commit }),
    ...(pipeline && { pipeline }),
  };
}

function endOf({ startTime, endTime }: Fields): number {
  return Date.parse(String(endTime ?? startTime));
}

/** A stack as its backend lists it. */
export interface ListedStack {
  /** Undefined in a backend of the older layout, in which stacks have no project. */
  project: string | undefined;
  stack: string;
  /** As the Pulumi CLI names it. */
  name: string;
  lastUpdate?: string;
  resources?: number;
}

/** Reads what `pulumi stack ls --all --json` prints. @throws NotPrinted when it is something else. */
export function readStacks(text: string): ListedStack[] {
  return parseList(text, "a list of stacks").map(({ name, lastUpdate, resourceCount }) => ({
    ...namesOf(String(name)),
    ...(typeof lastUpdate === "string" && { lastUpdate: lastUpdate.replace(/\.\d+Z$/, "Z") }),
    ...(typeof resourceCount === "number" && { resources: resourceCount }),
  }));
}

/** @param name `stack`, or `organization/project/stack`. */
export function namesOf(name: string): Pick<ListedStack, "project" | "stack" | "name"> {
  const parts = name.split("/");
  return { name, project: parts.length === 3 ? parts[1] : undefined, stack: parts.at(-1) ?? "" };
}

/** The CLI has printed something else. */
export class NotPrinted extends Error {}

function parseList(text: string, what: string): Fields[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {}
  if (!Array.isArray(list)) throw new NotPrinted(`The Pulumi CLI has not printed ${what}, but: ${text.slice(0, 200)}`);
  return list;
}
