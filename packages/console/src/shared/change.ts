import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

/**
 * A change of something on the server. It may reach findings, scores, what stacks must run, and what the caller may do, so all that
 * the pages have read is old after it, and what is shown is read again.
 */
export function useChange<T = void, R = unknown>(
  change: (input: T) => Promise<R>,
  done: (result: R) => unknown = () => {},
): UseMutationResult<R, Error, T> {
  const queries = useQueryClient();
  const running = useRef(new Map<string | undefined, Promise<R>>());
  return useMutation({
    // A double click asks for one change: the button does not show yet that it is being made.
    mutationFn: (input: T) => {
      const key = JSON.stringify(input);
      const result = running.current.get(key) ?? change(input).finally(() => running.current.delete(key));
      running.current.set(key, result);
      return result;
    },
    onSuccess: async (result) => {
      await done(result);
      void queries.invalidateQueries();
    },
  });
}
