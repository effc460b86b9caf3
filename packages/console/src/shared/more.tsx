import { Button, Center } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Placeholder, Problem } from "./loaded.tsx";

/** A list that the server answers in pages: what was read of it, and a button for the next page. */
export function More<P, T>({
  query,
  rowsOf,
  children,
}: {
  query: UseInfiniteQueryResult<InfiniteData<P>>;
  rowsOf: (page: P) => readonly T[];
  children: (rows: T[]) => ReactNode;
}) {
  if (!query.data)
    return query.error ? <Problem error={query.error} retry={() => void query.refetch()} /> : <Placeholder />;
  return (
    <>
      {children(query.data.pages.flatMap(rowsOf))}
      {query.error && <Problem error={query.error} retry={() => void query.fetchNextPage()} />}
      {query.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      )}
    </>
  );
}

/** The options of an infinite query over continuation tokens. */
export const byContinuation = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { continuationToken?: string }) => last.continuationToken || undefined,
};
