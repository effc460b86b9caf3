import { Badge, Text } from "@mantine/core";
import { Go } from "./links.tsx";

interface Props {
  org: string;
  /** Stacks where the pack did not apply it. */
  stacks: { project: string; stack: string }[] | undefined;
}

/** That an exception lets nothing through in stacks which a CLI ran last that is too old to apply it. */
export function UnappliedIn({ org, stacks = [] }: Props) {
  if (stacks.length === 0) return null;
  return (
    <Text size="xs" component="div" className="text">
      <Badge color="red">not applied</Badge> The Pulumi CLI that ran last in{" "}
      {stacks.map(({ project, stack }, place) => (
        <span key={`${project}/${stack}`}>
          {place > 0 && ", "}
          <Go to="/$org/$project/$stack" params={{ org, project, stack }} underline="always">
            {project}/{stack}
          </Go>
        </span>
      ))}{" "}
      is too old to apply exceptions, and the policy pack did not.
    </Text>
  );
}
