import { UNKNOWN, type UnknownType } from "@quillon/proto";
import { Secret } from "../core.ts";

/**
 * Makes a secret value, as `pulumi.secret(value)` does. Policies see the plain value, and `args.isSecret` returns true for it.
 *
 * @example
 * await pack.analyze({ type: "aws:rds/instance:Instance", props: { password: secret("hunter2") } });
 */
export function secret(value: unknown): Secret {
  return new Secret(value);
}

/**
 * Makes a value that is unknown before the update. A policy that reads it is undetermined.
 *
 * @param type The type of the value once it is known. Only messages use it.
 * @example
 * await pack.analyze({ type: "aws:ec2/instance:Instance", props: { privateIp: unknown() } });
 */
export function unknown(type: UnknownType = "string"): string {
  return UNKNOWN[type];
}
