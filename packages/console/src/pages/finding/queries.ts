import type { Api, BodyOf, ReplyOf } from "@quillon/contract";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

type One = ReplyOf<Api["GET /api/orgs/{orgName}/policyresults/issues/{issueId}"]>;
export type Finding = One["policyIssue"];
export type Triage = BodyOf<Api["PATCH /api/orgs/{orgName}/policyresults/issues/{issueId}"]>;

/** What a pack says of the policy. All of it comes from whoever published the pack. */
export interface Policy {
  displayName: string;
  description: string;
  remediationSteps: string;
  url: string;
  framework: string;
  tags: string[];
}

export const findingQuery = (orgName: string, issueId: string) =>
  queryOptions({
    queryKey: ["finding", orgName, issueId],
    queryFn: () => api.call("GET /api/orgs/{orgName}/policyresults/issues/{issueId}", { params: { orgName, issueId } }),
  });

export const triage = (orgName: string, issueId: string, body: Triage) =>
  api.call("PATCH /api/orgs/{orgName}/policyresults/issues/{issueId}", { params: { orgName, issueId }, body });

export function readPolicy(policy: unknown): Policy {
  const said = (typeof policy === "object" && policy !== null ? policy : {}) as Record<string, unknown>;
  const textOf = (value: unknown) => (typeof value === "string" ? value : "");
  const framework = (said.framework ?? {}) as Record<string, unknown>;
  return {
    displayName: textOf(said.displayName),
    description: textOf(said.description),
    remediationSteps: textOf(said.remediationSteps),
    url: textOf(said.url),
    framework: [framework.name, framework.version, framework.reference].map(textOf).filter(Boolean).join(" "),
    tags: Array.isArray(said.tags) ? said.tags.map(textOf).filter(Boolean) : [],
  };
}
