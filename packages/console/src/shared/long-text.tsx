import { Text, type TextProps } from "@mantine/core";

/** In characters. */
const SHOWN = 400;

/** A text by strangers: of a very long one the beginning, and the rest on request. */
export function LongText({ text, ...props }: { text: string } & TextProps) {
  if (text.length <= SHOWN * 1.5)
    return (
      <Text className="text" style={{ whiteSpace: "pre-line" }} {...props}>
        {text}
      </Text>
    );
  return (
    <details>
      <Text component="summary" className="text" {...props}>
        {text.slice(0, SHOWN)}…
      </Text>
      <Text className="text" style={{ whiteSpace: "pre-line" }} {...props}>
        {text}
      </Text>
    </details>
  );
}
