/** The separator of Windows' paths is a plain character there. */
const PLAIN = process.platform === "win32" ? /^[\w@%+=:,./\\-]+$/ : /^[\w@%+=:,./-]+$/;

/** A word of a command that is shown to people, who may copy it into a shell. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : forShell(word);
}

/** A word as a POSIX shell reads it. */
export function forShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
