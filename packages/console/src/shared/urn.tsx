import { Text } from "@mantine/core";

/** The parts of a URN that people know a resource by: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
export function readUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** A resource: its name, and its type in a smaller voice. The whole URN is its title. */
export function Resource({ urn }: { urn: string }) {
  const { type, name } = readUrn(urn);
  if (!name) return <span className="text">{urn || "the whole stack"}</span>;
  return (
    <span className="text" title={urn}>
      {name}{" "}
      <Text span size="xs" c="dimmed">
        {type}
      </Text>
    </span>
  );
}
