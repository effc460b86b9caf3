import { type StackName, stackIn } from "../stack-name.ts";

interface Stack extends StackName {
  org?: string;
}

/** The state that is checked: that of the file, or that of the stack on the server. The stack also says what it must be held against. */
export type Source = { file: string; stack?: undefined } | { file?: string; stack: Stack };

/**
 * @param packs how many are named on the command line. The server names those of a stack.
 * @throws Error that says what to name.
 */
export function sourceOf(file: string | undefined, stack: string | undefined, packs: number): Source {
  if (stack !== undefined) return { ...(file !== undefined && { file }), stack: named(stack) };
  if (file === undefined)
    throw new Error(
      "Name a state: a file that `pulumi stack export` wrote, - for stdin, or --stack ORG/PROJECT/STACK for one on the server.",
    );
  if (packs === 0)
    throw new Error(
      "Name at least one policy pack with --policy-pack, or with --stack ORG/PROJECT/STACK the stack whose policy packs it is held against.",
    );
  return { file };
}

function named(text: string): Stack {
  const { stack, ...org } = stackIn(text, {});
  return { ...stack, ...org };
}
