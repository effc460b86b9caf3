/**
 * What a policy said of a resource. The SDKs put the policy's description before it, which a report has once, in `packs`:
 * https://github.com/pulumi/pulumi-policy/blob/b66bae2b94aa8970753e4fe8dfc344760287020c/sdk/nodejs/policy/server.ts
 *
 * @param description empty when it is not known.
 */
export function ownMessage(message: string, description: string): string {
  return description ? `\n${message}`.replaceAll(`\n${description}\n`, () => "\n").slice(1) : message;
}
