import { Alert, Button, Skeleton, Stack } from "@mantine/core";
import { ApiError } from "@quillon/contract/client";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { messageOf } from "../api.ts";

/** What a query has read; until then a placeholder, and an error with a way to try again. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Problem error={query.error} retry={() => void query.refetch()} />;
  return <Placeholder />;
}

export function Placeholder() {
  return (
    <Stack gap="xs" role="status" aria-busy="true" aria-label="Loading">
      {[...Array(6).keys()].map((row) => (
        <Skeleton key={row} height={28} />
      ))}
    </Stack>
  );
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const missing = error instanceof ApiError && (error.status === 404 || isWrongAddress(error));
  const title = missing ? "Not found" : retry ? "This could not be read" : "This could not be done";
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={title} role="alert">
      <Stack gap="xs" align="flex-start">
        <span className="text">{isWrongAddress(error) ? "Nothing can have this address." : messageOf(error)}</span>
        {missing && retry && (
          <span>If others see it, you may not read it. Admins of the organization can change that.</span>
        )}
        {retry && !missing && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The server says so of a page's address that somebody has changed, in words for programs. */
const isWrongAddress = (error: unknown) =>
  error instanceof ApiError && error.status === 400 && error.message.startsWith("params ");
