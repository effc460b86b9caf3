import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { byContinuation } from "../../shared/more.tsx";
import type { StackFilter } from "./search.ts";

export const stacksQuery = (organization: string, { project, tag }: StackFilter) =>
  infiniteQueryOptions({
    queryKey: ["stacks", organization, project, tag],
    queryFn: ({ pageParam: continuationToken }) => {
      const [tagName, ...value] = tag?.split(":") ?? [];
      return api.call("GET /api/user/stacks", {
        query: {
          organization,
          ...(project && { project }),
          ...(tagName && { tagName }),
          ...(value.length > 0 && { tagValue: value.join(":") }),
          ...(continuationToken && { continuationToken }),
        },
      });
    },
    ...byContinuation,
  });
