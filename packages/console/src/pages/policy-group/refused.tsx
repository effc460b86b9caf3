import { Button, Group, Text } from "@mantine/core";
import { ApiError } from "@quillon/contract/client";
import { Problem } from "../../shared/loaded.tsx";

/**
 * Why an edit of a group was not saved.
 *
 * @param again reads the group again and begins anew, for when somebody else has changed it meanwhile.
 */
export function Refused({ error, again }: { error: Error; again: () => void }) {
  const isStale = error instanceof ApiError && error.id === "group_changed";
  return (
    <>
      <Problem error={error} />
      {isStale && (
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={again}>
            Try again
          </Button>
          <Text size="sm">To try again reads the group anew, and takes away what you entered here.</Text>
        </Group>
      )}
    </>
  );
}
