import { Badge, Group } from "@mantine/core";
import { shortened } from "./urn.tsx";

const MOST = 20;

/** What the author of a pack or a policy sorts it by. */
export function Tags({ of = [] }: { of?: readonly string[] | undefined }) {
  const tags = [...new Set(of)];
  if (tags.length === 0) return null;
  const more = tags.length - MOST;
  return (
    <Group gap={4} component="span">
      {tags.slice(0, MOST).map((tag) => (
        <Badge key={tag} tt="none" color="gray" miw={0} maw="100%">
          {shortened(tag)}
        </Badge>
      ))}
      {more > 0 && `and ${more} more`}
    </Group>
  );
}
