import { Text } from "@mantine/core";
import { Bdi } from "./strangers.tsx";

/** The parts of a URN that people know a resource by: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
export function readUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** In characters. Names come from strangers. */
const LONGEST = 160;

/** The beginning of a text, so that no name or message fills a page. */
export function shortened(text: string, longest: number = LONGEST): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A resource: its name, and its type in a smaller voice. The whole URN is its title. */
export function Resource({ urn }: { urn: string }) {
  const { type, name } = readUrn(urn);
  if (!name) return <span className="text">{shortened(urn) || "the whole stack"}</span>;
  return (
    <span className="text" title={shortened(urn, 2000)}>
      <Bdi text={shortened(name)} />{" "}
      <Text span size="xs" c="dimmed">
        <Bdi text={shortened(type)} />
      </Text>
    </span>
  );
}
