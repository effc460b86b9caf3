import { Badge, Group } from "@mantine/core";

/** What the author of a pack or a policy sorts it by. */
export function Tags({ of = [] }: { of?: readonly string[] | undefined }) {
  if (of.length === 0) return null;
  return (
    <Group gap={4} component="span">
      {of.map((tag) => (
        <Badge key={tag} tt="none" color="gray" miw={0} maw="100%">
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
