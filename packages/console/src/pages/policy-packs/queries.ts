import type { Api, ReplyOf } from "@quillon/contract";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";

export type Pack = ReplyOf<Api["GET /api/quillon/orgs/{orgName}/policypacks"]>["policyPacks"][number];
export type Applier = Pack["policyGroups"][number];
export type PackVersion = ReplyOf<Api["GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}"]>;
export type ListedVersion = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions"]
>["versions"][number];
export type VersionHealth = ReplyOf<
  Api["GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/health"]
>["versions"][number];

export const packsQuery = (orgName: string) =>
  infiniteQueryOptions({
    queryKey: ["packs", orgName, "list"],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/policypacks", {
        params: { orgName },
        query: { ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });

/** A pack with where it applies; null when there is none of that name. */
export const packQuery = (orgName: string, pack: string) =>
  queryOptions({
    queryKey: ["packs", orgName, "one", pack],
    queryFn: async () => {
      const { policyPacks } = await api.call("GET /api/quillon/orgs/{orgName}/policypacks", {
        params: { orgName },
        query: { policypack: pack },
      });
      return policyPacks[0] ?? null;
    },
  });

export const versionsQuery = (orgName: string, policyPackName: string) =>
  infiniteQueryOptions({
    queryKey: ["packs", orgName, "versions", policyPackName],
    queryFn: ({ pageParam: continuationToken }) =>
      api.call("GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/versions", {
        params: { orgName, policyPackName },
        query: { ...(continuationToken && { continuationToken }) },
      }),
    ...byContinuation,
  });

/** @param version a tag, an integer or `latest`. */
export const versionQuery = (orgName: string, policyPackName: string, version: string) =>
  queryOptions({
    queryKey: ["packs", orgName, "version", policyPackName, version],
    queryFn: () =>
      api.call("GET /api/orgs/{orgName}/policypacks/{policyPackName}/versions/{version}", {
        params: { orgName, policyPackName, version },
      }),
  });

/** The names of a pack's versions, the newest first. */
export const versionNamesQuery = (orgName: string, pack: string) =>
  queryOptions({
    queryKey: ["packs", orgName, "names", pack],
    queryFn: async () => {
      const query = { policypack: pack };
      const { policyPacks } = await api.call("GET /api/orgs/{orgName}/policypacks", { params: { orgName }, query });
      return (policyPacks[0]?.versionTags ?? []).toReversed();
    },
  });

export const packHealthQuery = (orgName: string, policyPackName: string) =>
  queryOptions({
    queryKey: ["packs", orgName, "health", policyPackName],
    queryFn: () =>
      api.call("GET /api/quillon/orgs/{orgName}/policypacks/{policyPackName}/health", {
        params: { orgName, policyPackName },
      }),
  });
