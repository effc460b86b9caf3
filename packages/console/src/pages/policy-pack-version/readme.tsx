import { Code, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Empty } from "../../shared/empty.tsx";
import { Placeholder } from "../../shared/loaded.tsx";

/** In characters. What is longer would keep the browser busy. */
const LONGEST = 100_000;

/** Its parser is loaded only here. */
const Markdown = lazy(async () => ({ default: (await import("./markdown.tsx")).Markdown }));

export function Readme({ text }: { text: string | undefined }) {
  if (!text)
    return (
      <Empty title="This version has no readme">
        It is the text that the pack's code gives to <code>new PolicyPack</code> as <code>readme</code>.
      </Empty>
    );
  if (text.length > LONGEST) return <Source text={text} />;
  return (
    <Suspense fallback={<Placeholder />}>
      <Markdown text={text} />
    </Suspense>
  );
}

function Source({ text }: { text: string }) {
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        It is too long to be shown with its headings and links.
      </Text>
      <Code block className="text">
        {text}
      </Code>
    </>
  );
}
