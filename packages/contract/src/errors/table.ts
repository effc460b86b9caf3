/**
 * Errors by id. Each has an HTTP status and whole sentences made from its parameters. An id is stable and is never used
 * again for something else. Where the Pulumi CLI compares or looks for a sentence, a comment says so.
 */
export type ErrorTable = Readonly<
  Record<string, { readonly status: number; readonly message: (params: never) => string }>
>;

type Sentences = Readonly<Record<string, (params: never) => string>>;

/** Parameters of an error with several problems: which one it is, and what its sentence needs. */
type ProblemOf<S extends Sentences> = {
  [P in keyof S & string]: { readonly problem: P } & Parameters<S[P]>[0];
}[keyof S & string];

/** The message of an error that has several problems. */
// biome-ignore lint/suspicious/noExplicitAny: each problem has parameters of its own
export type OneOf = ((params: any) => string) & { readonly problems: readonly string[] };

/**
 * A message with one whole sentence for each problem; `problem` says which.
 *
 * @example message: oneOf({ empty: (_: object) => "It is empty.", twice: (p: { name: string }) => `It has ${p.name} twice.` })
 */
export function oneOf<S extends Sentences>(
  sentences: S,
): ((params: ProblemOf<S>) => string) & { readonly problems: readonly string[] } {
  const message = (params: ProblemOf<S>) => {
    const { problem } = params as { problem: keyof S };
    return (sentences[problem] as (p: unknown) => string)(params);
  };
  return Object.assign(message, { problems: Object.keys(sentences) });
}

export function isOneOf(message: unknown): message is OneOf {
  return typeof message === "function" && "problems" in message;
}
