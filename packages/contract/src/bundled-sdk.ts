import { type Static, Type } from "typebox";

/** The SDK for policies that a bundled pack runs on. */
export const BundledSdk = Type.Object({
  name: Type.String(),
  version: Type.String(),
  /** What the pack imports, such as `@pulumi/policy@1.21.0`, where that is another one. */
  replaces: Type.Optional(Type.String()),
});

export type BundledSdk = Static<typeof BundledSdk>;
