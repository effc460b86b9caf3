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

/** The first release that is known to read `RequiredPolicy.exceptions`; 3.260.0 does not, and those between were not looked at. */
const APPLIES_EXCEPTIONS = [3, 274];

/**
 * Whether the client's engine applies policy exceptions itself. Where it does not, the packs must. What is no Pulumi CLI only
 * shows what it gets.
 * https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/exceptions.go
 */
export function appliesExceptions(headers: IncomingHttpHeaders): boolean {
  if (!isPulumiCli(headers)) return true;
  const [, major = 0, minor = 0] = (/\(v?(\d+)\.(\d+)\.\d+;/.exec(headers["user-agent"] ?? "") ?? []).map(Number);
  const [first = 0, second = 0] = APPLIES_EXCEPTIONS;
  return major > first || (major === first && minor >= second);
}
