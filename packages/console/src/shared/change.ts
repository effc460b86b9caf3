import { notifications } from "@mantine/notifications";
import { ApiError } from "@quillon/contract/client";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { isSignedOut, messageOf } from "../api.ts";

/**
 * A change of something on the server. It may reach findings, scores, what stacks must run, and what the caller may do, so all that
 * the pages have read is old after it, and what is shown is read again.
 *
 * @param done is called once for each change that was made, before what is shown is read again.
 */
export function useChange<T = void, R = unknown>(
  change: (input: T) => Promise<R>,
  done: (result: R) => unknown = () => {},
): UseMutationResult<R, Error, T> {
  const queries = useQueryClient();
  const once = useRef(onceAtATime<T, R>());
  const isShown = useIsShown();
  return useMutation({
    mutationFn: (input: T) =>
      once.current(input, async () => {
        const result = await change(input);
        await done(result);
        return result;
      }),
    onSuccess: () => void queries.invalidateQueries(),
    onError: (error) => {
      if (isOutdated(error)) void queries.invalidateQueries();
      // Whoever has left the form or the dialog meanwhile would take the change for made.
      if (!isShown.current && !isSignedOut(error))
        notifications.show({
          title: "This could not be done",
          message: messageOf(error),
          color: "red",
          autoClose: false,
        });
    },
  });
}

/** A double click asks for one change: the button does not show yet that it is being made. */
export function onceAtATime<T, R>(): (input: T, make: () => Promise<R>) => Promise<R> {
  const running = new Map<string | undefined, Promise<R>>();
  return (input, make) => {
    const key = JSON.stringify(input);
    const result = running.get(key) ?? make().finally(() => running.delete(key));
    running.set(key, result);
    return result;
  };
}

/** Whether the server refused because something is not as the page shows it. */
export const isOutdated = (error: unknown) => error instanceof ApiError && [403, 404, 409, 412].includes(error.status);

function useIsShown() {
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  return isShown;
}
