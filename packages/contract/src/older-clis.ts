import { type Static, Type } from "typebox";

/**
 * What an exception of a policy pack does where a Pulumi CLI that does not know exceptions runs it, so that the pack itself must apply
 * them. `applied`: it is bundled on `@quillon/policy`, which does. `blocked`: it is in Python or on another SDK, which do not, so what the
 * exception matches still fails. `unknown`: the server can't tell what the pack runs on, or versions of it differ.
 */
export const OlderCliEffect = Type.Enum(["applied", "blocked", "unknown"]);
export type OlderCliEffect = Static<typeof OlderCliEffect>;

export const UnderOlderClis = Type.Object({
  effect: OlderCliEffect,
  /** Those of its stacks that you may read and that such a CLI ran last, of the first 100, with its version. */
  stacks: Type.Array(Type.Object({ project: Type.String(), stack: Type.String(), version: Type.String() })),
});
export type UnderOlderClis = Static<typeof UnderOlderClis>;
