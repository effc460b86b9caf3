import type { IncomingHttpHeaders } from "node:http";

/** https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L226 */
export function isPulumiCli(headers: IncomingHttpHeaders): boolean {
  return headers["user-agent"]?.startsWith("pulumi-cli/") ?? false;
}

/**
 * Whether the caller asks for Pulumi's API by its media type, as the CLI and Pulumi's client libraries do. It is not sent the
 * fields that Quillon adds to that API, because it does not know them.
 */
export function asksForPulumi({ accept }: IncomingHttpHeaders): boolean {
  return accept?.startsWith("application/vnd.pulumi+") ?? false;
}
