import type { Api, ReplyOf } from "@quillon/contract";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { api } from "./api.ts";

export type Session = ReplyOf<Api["GET /api/quillon/session"]>;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => api.call("GET /api/quillon/session", {}),
  staleTime: 60_000,
});

export const useSession = (): Session => useSuspenseQuery(sessionQuery).data;

export interface Organization {
  name: string;
  /** Edits packs and groups, approves exceptions, and says which findings are ignored. */
  isPolicyManager: boolean;
  isAdmin: boolean;
}

/** The organization in the path, or on pages of the account the caller's first one, and what the caller may do there. */
export function useOrganization(): Organization {
  const { organizations } = useSession();
  const { org } = useParams({ strict: false });
  const found = organizations.find(({ name }) => name === org) ?? organizations[0];
  return {
    name: found?.name ?? "",
    isPolicyManager: found !== undefined && found.role !== "member",
    isAdmin: found?.role === "admin",
  };
}
