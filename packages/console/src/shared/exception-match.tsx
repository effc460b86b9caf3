import { Code, Stack, Text } from "@mantine/core";
import { Isolated } from "./strangers.tsx";

/** What an exception lets through, or would. All of it, because who agrees to it is to see that. */
export function ExceptionMatch({ match }: { match: readonly { policies: string[]; targets: string[] }[] }) {
  return match.map(({ policies, targets }) => (
    <Stack key={`${policies} ${targets}`} gap={4}>
      <Text size="sm" className="text">
        Violations of <Isolated texts={policies} /> by:
      </Text>
      {targets.map((target) => (
        <Code key={target} block className="text">
          {target}
        </Code>
      ))}
    </Stack>
  ));
}
