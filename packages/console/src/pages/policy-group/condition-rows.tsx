import { ActionIcon, Button, Fieldset, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type Draft, type Part, parts } from "./conditions.ts";

const titles: Record<Part, string> = {
  all: "All of these hold",
  any: "And at least one of these holds",
  except: "And none of these holds",
};

interface ConditionRowsProps {
  drafts: readonly Draft[];
  onChange: (drafts: Draft[]) => void;
}

/** The conditions of a selector. */
export function ConditionRows({ drafts, onChange }: ConditionRowsProps) {
  const add = (part: Part) => {
    const id = Math.max(-1, ...drafts.map((draft) => draft.id)) + 1;
    onChange([...drafts, { id, part, kind: "tag", name: "", value: "" }]);
  };
  const set = (id: number, change: Partial<Draft>) =>
    onChange(drafts.map((draft) => (draft.id === id ? { ...draft, ...change } : draft)));
  return (
    <Stack gap="sm">
      {parts.map((part) => (
        <Fieldset key={part} legend={titles[part]} p="sm">
          <Stack gap="xs" align="flex-start">
            {drafts
              .filter((draft) => draft.part === part)
              .map((draft) => (
                <Row
                  key={draft.id}
                  draft={draft}
                  set={(change) => set(draft.id, change)}
                  remove={() => onChange(drafts.filter(({ id }) => id !== draft.id))}
                />
              ))}
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => add(part)}
              aria-label={`Add a condition: ${titles[part]}`}
            >
              Add a condition
            </Button>
          </Stack>
        </Fieldset>
      ))}
    </Stack>
  );
}

interface RowProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  remove: () => void;
}

function Row({ draft: { kind, name, value }, set, remove }: RowProps) {
  const isTag = kind === "tag";
  return (
    <Group gap="xs" align="flex-end">
      <NativeSelect
        label="What"
        data={[
          { value: "tag", label: "tag" },
          { value: "project", label: "project" },
          { value: "stack", label: "stack" },
        ]}
        value={kind}
        onChange={({ currentTarget }) => set({ kind: currentTarget.value as Draft["kind"], value: "" })}
      />
      <TextInput
        label={isTag ? "Its name" : "Its name, or a pattern with * and ?"}
        placeholder={isTag ? "env" : "web-*"}
        maxLength={isTag ? 40 : 200}
        value={name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      {isTag && (
        <TextInput
          label="Its value, or a pattern"
          placeholder="any"
          maxLength={256}
          value={value}
          onChange={({ currentTarget }) => set({ value: currentTarget.value })}
        />
      )}
      <ActionIcon
        variant="default"
        size="input-sm"
        onClick={remove}
        aria-label={`Remove the condition ${kind} ${name}`}
      >
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}
