import { Alert, Button, Group, Text } from "@mantine/core";
import type { PackVersion } from "../policy-packs/queries.ts";
import type { Config } from "./config.ts";

interface LeftoversProps {
  policies: PackVersion["policies"];
  config: Config;
  onChange: (config: Config) => void;
}

/** Configuration of policies that this version of the pack does not have. The server refuses it. */
export function Leftovers({ policies, config, onChange }: LeftoversProps) {
  const known = new Set(["all", ...policies.map(({ name }) => name)]);
  const left = Object.keys(config).filter((name) => !known.has(name));
  if (left.length === 0) return null;
  const remove = () => onChange(Object.fromEntries(Object.entries(config).filter(([name]) => known.has(name))));
  return (
    <Alert color="yellow" variant="light" title="This version has no such policies any more">
      <Group justify="space-between">
        <Text size="sm" className="text">
          The group configures {left.join(", ")}.
        </Text>
        <Button size="xs" variant="default" onClick={remove}>
          Take that configuration away
        </Button>
      </Group>
    </Alert>
  );
}
