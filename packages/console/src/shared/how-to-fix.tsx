import { Anchor, Text } from "@mantine/core";
import { LongText } from "./long-text.tsx";

/** The heading of `HowToFix`, everywhere the same, as the CLI and the reports have it. */
export const HOW_TO_FIX = "How to fix it";

/** What a pack says of how to fix what violates a policy. */
export interface Fix {
  remediationSteps?: string | undefined;
  url?: string | undefined;
}

/** A pack may give any text as its address. */
const isPage = (url: string) => /^https?:\/\//.test(url);

export const saysHowToFix = ({ remediationSteps, url = "" }: Fix) => Boolean(remediationSteps) || isPage(url);

export function HowToFix({ fix: { remediationSteps, url = "" } }: { fix: Fix }) {
  return (
    <>
      {remediationSteps && <LongText text={remediationSteps} size="sm" />}
      {isPage(url) && (
        <Anchor href={url} target="_blank" rel="noopener noreferrer" size="sm" className="text">
          {url}
        </Anchor>
      )}
    </>
  );
}

/** The same under its heading, to be opened. */
export function FoldedFix({ fix }: { fix: Fix }) {
  if (!saysHowToFix(fix)) return null;
  return (
    <details>
      <Text component="summary" size="xs">
        {HOW_TO_FIX}
      </Text>
      <HowToFix fix={fix} />
    </details>
  );
}
