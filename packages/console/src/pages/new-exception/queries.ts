import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export const packNamesQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["packs", orgName, "all"],
    queryFn: async () => {
      const { policyPacks } = await api.call("GET /api/orgs/{orgName}/policypacks", { params: { orgName } });
      return policyPacks.map(({ name }) => name);
    },
  });

const equals = (colId: string, filter: string) => ({ filterType: "text", type: "equals", colId, filter });

/** The URNs of what violates a pack's policies now. Without a pack or a policy it is what violates any. */
export const violatorsQuery = (orgName: string, pack: string, policies: readonly string[]) =>
  queryOptions({
    queryKey: ["violators", orgName, pack, policies],
    queryFn: async () => {
      const [blocked, deployed] = await Promise.all([
        blockedBy(orgName, pack, policies),
        deployedAgainst(orgName, pack, policies),
      ]);
      return [...new Set([...blocked, ...deployed])].filter(Boolean);
    },
    placeholderData: keepPreviousData,
  });

async function blockedBy(orgName: string, pack: string, policies: readonly string[]): Promise<string[]> {
  const { predictions } = await api.call("GET /api/quillon/orgs/{orgName}/predictions", {
    params: { orgName },
    query: { blocked: true },
  });
  return predictions
    .filter(({ policyPack, policyName }) => isWanted(policyPack, pack) && isWanted(policyName, ...policies))
    .map(({ resourceURN }) => resourceURN);
}

function isWanted(name: string, ...wanted: string[]): boolean {
  return wanted.join("") === "" || wanted.includes(name);
}

async function deployedAgainst(orgName: string, pack: string, policies: readonly string[]): Promise<string[]> {
  const ofPolicies = policies.map((policy) => equals("policyName", policy));
  const conditions = [
    ...(pack ? [equals("policyPack", pack)] : []),
    ...(policies.length > 0 ? [{ filterType: "join", type: "OR", conditions: ofPolicies }] : []),
  ];
  const { values } = await api.call("POST /api/orgs/{orgName}/policyresults/issues/filters", {
    params: { orgName },
    body: { field: "resourceURN", filterModel: { type: "AND", conditions } },
  });
  return values.map(({ name }) => name);
}

/** What exceptions of a pack do under older CLIs. */
export const effectQuery = (orgName: string, policyPackName: string) =>
  queryOptions({
    queryKey: ["packs", orgName, "exception-effect", policyPackName],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/exception-effect", {
        params: { orgName, policyPackName },
      }),
  });
