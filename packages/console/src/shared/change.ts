import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";

/**
 * A change of something on the server. It may reach findings, scores, what stacks must run, and what the caller may do, so all that
 * the pages have read is old after it, and what is shown is read again.
 */
export function useChange<T = void, R = unknown>(
  change: (input: T) => Promise<R>,
  done: (result: R) => unknown = () => {},
): UseMutationResult<R, Error, T> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (result) => {
      await done(result);
      void queries.invalidateQueries();
    },
  });
}
