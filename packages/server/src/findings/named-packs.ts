/** A version of a pack; null for one without a tag. */
interface NamedPack {
  pack: string;
  tag: string | null;
}

/** All that a name of a pack or a tag may have is in one run of these. */
const RUN = /[\w.-]+/g;
/** Of the folder that the CLI installs a pack to. */
const FOLDER = "pulumi-analyzer-";
/** In characters, of a pack's name. */
const LONGEST_NAME = 100;

/**
 * Which of these packs a text names: `pets 1.0.0`, `pets@v1.0.0`, the folder that the CLI installs it to, or its name in quotes.
 * The text is read once for all packs, because both may be many.
 */
export function namedPacks(text: string, packs: ReadonlyMap<string, NamedPack>): Set<string> {
  const named = new Set<string>();
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const end = index + run.length;
    if (text[index - 1] === '"' && text[end] === '"' && packs.has(run)) named.add(run);
    for (const start of run.startsWith(FOLDER) ? [index, index + FOLDER.length] : [index])
      for (const { nameEnd, versions } of places(text, start, end)) {
        const pack = packs.get(text.slice(start, nameEnd));
        if (pack && versions.some((at) => isVersionAt(text, at, pack.tag))) named.add(pack.pack);
      }
  }
  return named;
}

/** Where a name that starts there may end, and where its version may begin: after a space or an @, with or without a v, or after `-v`. */
function places(text: string, start: number, end: number): { nameEnd: number; versions: number[] }[] {
  const found: { nameEnd: number; versions: number[] }[] = [];
  if (text[end] === " " || text[end] === "@")
    found.push({ nameEnd: end, versions: text[end + 1] === "v" ? [end + 1, end + 2] : [end + 1] });
  const last = Math.min(end - 1, start + LONGEST_NAME);
  for (let at = start; at <= last; at += 1)
    if (text.startsWith("-v", at)) found.push({ nameEnd: at, versions: [at + 2] });
  return found;
}

function isVersionAt(text: string, at: number, tag: string | null): boolean {
  if (tag === null) return /[\w.+-]/.test(text[at] ?? "");
  const end = at + tag.length;
  return text.startsWith(tag, at) && !goesOn(text.slice(end, end + 2));
}

/** Whether a longer version than one that ends before these two characters is meant. A full stop may end a sentence. */
function goesOn(next: string): boolean {
  return /^(?:[\w+-]|\.\w)/.test(next);
}
