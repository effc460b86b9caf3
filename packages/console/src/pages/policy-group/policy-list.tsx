import { Accordion, Badge, Button, Center, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { ErrorDetail } from "@quillon/contract";
import { JsonText } from "@quillon/contract/client";
import { useState } from "react";
import type { PackVersion } from "../policy-packs/queries.ts";
import { type Config, levelOf, levels, ownOf, withLevel, withValue } from "./config.ts";
import { PolicyProblem, PropertyField } from "./policy-fields.tsx";

type Policy = PackVersion["policies"][number];
const SHOWN = 50;

interface PolicyListProps {
  policies: readonly Policy[];
  config: Config;
  onChange: (config: Config) => void;
  /** What the server has said of the configuration. */
  problems: readonly ErrorDetail[];
}

/** Level and configuration of each policy of a pack. Those that the server has said something of come first. */
export function PolicyList({ policies, config, onChange, problems }: PolicyListProps) {
  const [find, setFind] = useState("");
  const [limit, setLimit] = useState(SHOWN);
  const [opened, setOpened] = useState<string[]>([]);
  const wrong = new Set(problems.map(({ resource }) => resource));
  const found = policies
    .filter(({ name }) => name.toLowerCase().includes(find.toLowerCase()))
    .sort((a, b) => Number(wrong.has(b.name)) - Number(wrong.has(a.name)));
  return (
    <Stack gap="xs">
      {policies.length > 10 && (
        <TextInput
          label="Find a policy"
          value={find}
          onChange={({ currentTarget }) => setFind(currentTarget.value)}
          maw={280}
        />
      )}
      <Accordion multiple variant="contained" order={3} value={[...wrong, ...opened]} onChange={setOpened}>
        {found.slice(0, limit).map((policy) => (
          <PolicyItem
            key={policy.name}
            policy={policy}
            opened={opened.includes(policy.name) || wrong.has(policy.name)}
            config={config}
            onChange={onChange}
            problems={problems.filter(({ resource }) => resource === policy.name)}
          />
        ))}
      </Accordion>
      {found.length > limit && (
        <Center>
          <Button variant="default" onClick={() => setLimit(limit + SHOWN)}>
            Show more of {found.length}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

interface PolicyItemProps extends Omit<PolicyListProps, "policies"> {
  policy: Policy;
  opened: boolean;
}

function PolicyItem({ opened, ...props }: PolicyItemProps) {
  const { policy, config, problems } = props;
  return (
    <Accordion.Item value={policy.name}>
      <Accordion.Control>
        <Group gap="xs">
          <Text size="sm" fw={500} className="text">
            {policy.name}
          </Text>
          {Object.keys(ownOf(config, policy.name)).length > 0 && <Badge color="blue">configured</Badge>}
          {problems.length > 0 && <Badge color="red">{problems.length} to correct</Badge>}
        </Group>
      </Accordion.Control>
      {/* Some packs have thousands of policies, and a control for each property takes its time. */}
      <Accordion.Panel>{opened && <PolicySettings {...props} />}</Accordion.Panel>
    </Accordion.Item>
  );
}

function PolicySettings({ policy, config, onChange, problems }: Omit<PolicyItemProps, "opened">) {
  const { name, description, enforcementLevel, configSchema } = policy;
  const own = ownOf(config, name);
  const ofAll = levelOf(config, "all");
  const unset = ofAll ? `as all policies: ${ofAll}` : `as the pack says: ${enforcementLevel ?? "advisory"}`;
  const properties = Object.entries(configSchema?.properties ?? {}).filter(([one]) => one !== "enforcementLevel");
  return (
    <Stack gap="sm">
      {description && (
        <Text size="sm" c="dimmed" className="text">
          {description}
        </Text>
      )}
      <PolicyProblem
        problems={problems.filter(({ attribute = "" }) => !properties.some(([one]) => isOf(attribute, one))).map(said)}
      />
      <NativeSelect
        label="Level"
        data={[{ value: "", label: unset }, ...levels]}
        value={levelOf(config, name)}
        onChange={({ currentTarget }) => onChange(withLevel(config, name, currentTarget.value))}
        maw={320}
      />
      {properties.map(([property, schema]) => (
        <PropertyField
          // Another version of the pack may have another control for it.
          key={JsonText.stringify([property, schema])}
          name={property}
          schema={schema}
          required={configSchema?.required?.includes(property) ?? false}
          value={Object.hasOwn(own, property) ? own[property] : undefined}
          error={errorAt(problems, property)}
          onChange={(value) => onChange(withValue(config, name, { property, value }))}
        />
      ))}
    </Stack>
  );
}

/** Whether a path such as `teams.0.name` is of the property. */
const isOf = (path: string, property: string) => path === property || path.startsWith(`${property}.`);

function errorAt(problems: readonly ErrorDetail[], property: string): string | undefined {
  const ofIt = problems.filter(({ attribute = "" }) => isOf(attribute, property));
  const texts = ofIt.map((one) => (one.attribute === property ? one.customMessage : said(one)));
  return texts.filter(Boolean).join(" ") || undefined;
}

function said({ attribute, customMessage = "" }: ErrorDetail): string {
  return [attribute, customMessage].filter(Boolean).join(" ");
}
