import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export const webhooksQuery = (orgName: string) =>
  queryOptions({
    queryKey: ["webhooks", orgName],
    queryFn: () => api.call("GET /api/orgs/{orgName}/hooks", { params: { orgName } }),
  });

export const webhookQuery = (orgName: string, hookName: string) =>
  queryOptions({
    queryKey: ["webhooks", orgName, hookName],
    queryFn: () => api.call("GET /api/orgs/{orgName}/hooks/{hookName}", { params: { orgName, hookName } }),
  });

export const deliveriesQuery = (orgName: string, hookName: string) =>
  queryOptions({
    queryKey: ["webhooks", orgName, hookName, "deliveries"],
    queryFn: () => api.call("GET /api/orgs/{orgName}/hooks/{hookName}/deliveries", { params: { orgName, hookName } }),
    refetchInterval: 5000,
  });
