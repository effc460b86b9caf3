import type { Api, ReplyOf } from "@quillon/contract";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";

export type Exception = ReplyOf<Api["GET /api/orgs/{orgName}/policy/exceptions/{exceptionId}"]>;

export const exceptionQuery = (orgName: string, exceptionId: string) =>
  queryOptions({
    queryKey: ["exception", orgName, exceptionId],
    queryFn: () =>
      api.call("GET /api/orgs/{orgName}/policy/exceptions/{exceptionId}", { params: { orgName, exceptionId } }),
  });
