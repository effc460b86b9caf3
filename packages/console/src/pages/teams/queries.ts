import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export const teamsQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["teams", orgName],
    queryFn: () => api.call("GET /api/orgs/{orgName}/teams", { params: { orgName } }),
  });

export const teamQuery = (orgName: string, teamName: string) =>
  queryOptions({
    queryKey: ["teams", orgName, teamName],
    queryFn: () => api.call("GET /api/orgs/{orgName}/teams/{teamName}", { params: { orgName, teamName } }),
  });
