import type { Checked, Report } from "@quillon/contract";
import { LONGEST_CHECKED, MOST_CHECKED } from "@quillon/contract/check-limits";
import { ApiError } from "@quillon/contract/client";
import { errorMessage } from "../error-message.ts";
import type { KnownStack, Server } from "./known.ts";

/** Bytes of all results together. */
const MOST_BYTES = 400_000;

/**
 * Stores on the server what policies say of a stack's state, as checked and not enforced.
 *
 * @returns why it is not stored.
 * @throws Error when the server can't be asked.
 */
export async function storeCheck(
  { client, orgName }: Server,
  { here }: KnownStack,
  report: Report,
): Promise<string | undefined> {
  const params = { orgName, projectName: here.project, stackName: here.stack };
  try {
    await client.call("PUT /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/check", {
      params,
      body: checkedOf(report),
    });
    return undefined;
  } catch (error) {
    // Who scans may need no more than to read.
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 401)
      return errorMessage(error);
    throw error;
  }
}

/** What leaves the machine: what packs say, of which URN, and how often; the worst first, as far as there is room. */
export function checkedOf({ packs, results }: Report): Checked {
  const sent: Checked["results"] = [];
  let bytes = 0;
  for (const { project: _, stack: __, finding: ___, unappliedExceptions: ____, ...result } of results) {
    const one = {
      ...result,
      urn: shortened(result.urn),
      message: shortened(result.message),
      ...(result.exceptions && { exceptions: result.exceptions.slice(0, 20) }),
    };
    bytes += Buffer.byteLength(JSON.stringify(one));
    if (sent.length === MOST_CHECKED || bytes > MOST_BYTES) break;
    sent.push(one);
  }
  return {
    packs: packs.map(({ name, version, policies }) => ({
      name,
      version,
      policies: policies.map(({ accepted: _, ...policy }) => ({
        ...policy,
        description: shortened(policy.description, 300),
        ...(policy.remediationSteps && { remediationSteps: shortened(policy.remediationSteps, 1000) }),
        ...(policy.url && { url: shortened(policy.url, 1000) }),
      })),
    })),
    results: sent,
    leftOut: results.length - sent.length,
  };
}

function shortened(text: string, longest: number = LONGEST_CHECKED): string {
  const plain = text.replaceAll("\0", "\ufffd");
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}
