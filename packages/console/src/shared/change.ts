import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";

/**
 * A change of what is enforced. It reaches findings, scores and what stacks must run, so all that the pages have read is old
 * after it, and what is shown is read again.
 */
export function useChange<T = void>(
  change: (input: T) => Promise<unknown>,
  done: () => unknown = () => {},
): UseMutationResult<unknown, Error, T> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await done();
      void queries.invalidateQueries();
    },
  });
}
