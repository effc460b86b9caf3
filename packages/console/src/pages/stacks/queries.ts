import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";
import type { StackFilter } from "./search.ts";

export const stacksQuery = (orgName: string, { name, tag, compliance }: StackFilter) =>
  infiniteQueryOptions({
    queryKey: ["stacks", orgName, name, tag, compliance],
    queryFn: ({ pageParam: continuationToken }) => {
      const [tagName, ...value] = tag?.split(":") ?? [];
      return api.call("GET /api/quillon/orgs/{orgName}/stacks", {
        params: { orgName },
        query: {
          ...(name && { search: name }),
          ...(tagName && { tagName }),
          ...(value.length > 0 && { tagValue: value.join(":") }),
          ...(compliance && { compliance }),
          ...(continuationToken && { continuationToken }),
        },
      });
    },
    ...byContinuation,
  });
