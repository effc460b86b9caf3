import { ApiError } from "@quillon/contract/client";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isSignedOut } from "./api.ts";

const TRIES = 2;

/** @param signedOut is called when the server does not know who asks any more. */
export function newQueryClient(signedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    if (isSignedOut(error)) signedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // What the server refuses, it refuses again.
        retry: (count, error) => count < TRIES && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
}
