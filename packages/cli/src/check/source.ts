import { parseOwnedStack } from "../arguments.ts";

/** Where the state is that is checked. */
export type Source = { file: string } | { stack: ReturnType<typeof parseOwnedStack> };

/**
 * @param packs how many are named on the command line. The server names those of a stack.
 * @throws Error that says what to name.
 */
export function sourceOf(file: string | undefined, stack: string | undefined, packs: number): Source {
  if (file !== undefined && stack !== undefined)
    throw new Error(`Name either the state ${file} or --stack ${stack}: the state of a stack comes from the server.`);
  if (stack !== undefined) return { stack: parseOwnedStack(stack) };
  if (file === undefined)
    throw new Error(
      "Name a state: a file that `pulumi stack export` wrote, - for stdin, or --stack ORG/PROJECT/STACK for one on the server.",
    );
  if (packs === 0) throw new Error("Name at least one policy pack with --policy-pack.");
  return { file };
}
