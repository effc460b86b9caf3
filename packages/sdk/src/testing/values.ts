import { UNKNOWN, type UnknownType } from "@quillon/proto";
import { Secret } from "../core.ts";

/**
 * A value that is secret, as `pulumi.secret(value)` makes one. Policies see the plain value; `args.isSecret` tells.
 *
 * @example
 * await pack.analyze({ type: "aws:rds/instance:Instance", props: { password: secret("hunter2") } });
 */
export function secret(value: unknown): Secret {
  return new Secret(value);
}

/**
 * A value that is not known before the update has run. A policy that reads it is undetermined.
 *
 * @param type What the value will be once it is known. It shows in messages only.
 * @example
 * await pack.analyze({ type: "aws:ec2/instance:Instance", props: { privateIp: unknown() } });
 */
export function unknown(type: UnknownType = "string"): string {
  return UNKNOWN[type];
}
