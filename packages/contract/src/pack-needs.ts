import { type Static, Type } from "typebox";

/** What a machine needs to run a version of a policy pack, beside the Pulumi CLI. */
export const PackNeeds = Type.Object({
  programs: Type.Array(
    Type.Object({
      /** Such as `Node.js`. */
      name: Type.String(),
      /** As the pack says it, such as `>=20.19`. */
      version: Type.Optional(Type.String()),
    }),
  ),
  /** Where it is for some machines only: their system and processor, such as `linux-x86_64`. */
  platforms: Type.Optional(Type.Array(Type.String())),
  /** Whether a registry of packages is asked when the pack is installed there. */
  registry: Type.Boolean(),
});

export type PackNeeds = Static<typeof PackNeeds>;
