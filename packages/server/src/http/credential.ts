import type { IncomingHttpHeaders } from "node:http";

/**
 * The credential of that scheme, if the header has it and nothing else, because text after it would make one credential look like
 * many. The CLI sends `token …`, or `update-token …` for a running update.
 * https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/client/api.go#L302
 */
export function credential({ authorization = "" }: IncomingHttpHeaders, wanted: string): string | undefined {
  const [, scheme, value] = /^(\S+) +(\S+)$/.exec(authorization) ?? [];
  return scheme?.toLowerCase() === wanted ? value : undefined;
}
