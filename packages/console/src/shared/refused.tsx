import { Button, Group, Text } from "@mantine/core";
import { ApiError } from "@quillon/contract/client";
import { Problem } from "./loaded.tsx";

const STALE: ReadonlySet<string | undefined> = new Set(["group_changed", "exception_rule_changed"]);

/**
 * Why an edit was not saved.
 *
 * @param again reads what was edited again and begins anew, for when somebody else has changed it meanwhile.
 */
export function Refused({ error, again }: { error: Error; again: () => void }) {
  const isStale = error instanceof ApiError && STALE.has(error.id);
  return (
    <>
      <Problem error={error} />
      {isStale && (
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
          <Text size="sm">To try again reads it anew, and takes away what you entered here.</Text>
        </Group>
      )}
    </>
  );
}
