import { Code } from "@mantine/core";
import { Empty } from "../../shared/empty.tsx";

/** As its author wrote it: a stranger's Markdown is shown as text. */
export function Readme({ text }: { text: string | undefined }) {
  if (!text)
    return (
      <Empty title="This version has no readme">
        It is the text that the pack's code gives to <code>new PolicyPack</code> as <code>readme</code>.
      </Empty>
    );
  return (
    <Code block className="text" style={{ whiteSpace: "pre-wrap" }}>
      {text}
    </Code>
  );
}
