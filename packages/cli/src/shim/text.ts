import { forShell } from "../shell-word.ts";

/** By it a file is known as one that `quillon shim` has written. */
export const MARK = "Written by `quillon shim`";

interface Calls {
  /** The programs that it calls: Node.js, with the file of `quillon`. */
  node: string;
  quillon: string;
  /** What comes before the arguments of `pulumi`. */
  args: readonly string[];
}

/** A `pulumi` that calls `quillon` with its arguments. Without `quillon` it calls nothing, because that would be a run without policies. */
export function shellText({ node, quillon, args }: Calls): string {
  const [program, file] = [forShell(node), forShell(quillon)];
  return `#!/bin/sh
# ${MARK}: a pulumi that runs what the organization requires.
[ -x ${program} ] && [ -f ${file} ] || {
  echo 'pulumi: quillon is not where it was when this file was written. Run \`quillon shim\` again.' >&2
  exit 1
}
exec ${[program, file, ...args.map(forShell)].join(" ")} -- "$@"
`;
}

/** The same for Windows. */
export function commandText({ node, quillon, args }: Calls): string {
  return `@rem ${MARK}: a pulumi that runs what the organization requires.\r\n@${[node, quillon, ...args].map(forCommand).join(" ")} -- %*\r\n`;
}

/** For the system that this is. */
export function shimText(calls: Calls): string {
  return (process.platform === "win32" ? commandText : shellText)(calls);
}

function forCommand(word: string): string {
  return `"${word.replaceAll("%", "%%")}"`;
}
