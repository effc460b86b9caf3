import { Text } from "@mantine/core";
import type { UnderOlderClis } from "@quillon/contract";
import { olderClisText } from "@quillon/contract/older-clis-text";
import { Go } from "./links.tsx";
import { Bdi } from "./strangers.tsx";

/** So many stacks are named. */
const MOST = 5;

/** What an exception does where a Pulumi CLI before 3.274 runs its pack, and which of its stacks one ran last. */
export function OlderClis({ org, under: { effect, stacks } }: { org: string; under: UnderOlderClis }) {
  return (
    <Text size="sm" component="div" className="text">
      {olderClisText(effect)}
      {stacks.length > 0 && (
        <>
          {" Such a CLI was the last to run "}
          {stacks.slice(0, MOST).map(({ project, stack, version }, place) => (
            <span key={`${project}/${stack}`}>
              {place > 0 && ", "}
              <Go to="/$org/$project/$stack" params={{ org, project, stack }} underline="always">
                {project}/{stack}
              </Go>{" "}
              (<Bdi text={version} />)
            </span>
          ))}
          {stacks.length > MOST && ` and ${stacks.length - MOST} more`}.
        </>
      )}
    </Text>
  );
}
