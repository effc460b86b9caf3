import type { IncomingHttpHeaders } from "node:http";
import { engineAppliesExceptions } from "../../exceptions/index.ts";

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

/**
 * Whether the client's engine applies policy exceptions itself. Where it does not, the packs must. What is no Pulumi CLI only
 * shows what it gets.
 */
export function appliesExceptions(headers: IncomingHttpHeaders): boolean {
  if (!isPulumiCli(headers)) return true;
  return engineAppliesExceptions(pulumiVersion(headers));
}

/** Of a Pulumi CLI, such as `v3.220.0`. */
export function pulumiVersion(headers: IncomingHttpHeaders): string {
  // No parenthesis is in the version, so none is looked for behind another one again.
  return /\(([^();]*);/.exec(headers["user-agent"] ?? "")?.[1] ?? "";
}
