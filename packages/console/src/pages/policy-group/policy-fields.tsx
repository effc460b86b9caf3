import { JsonInput, NativeSelect, NumberInput, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { JsonText } from "@quillon/contract/client";
import { useState } from "react";
import { type Field, fieldOf, isObject } from "./field.ts";

interface PropertyProps {
  name: string;
  schema: unknown;
  required: boolean;
  value: unknown;
  /** What the server says is wrong with it. */
  error: string | undefined;
  /** Undefined takes the value away. */
  onChange: (value: unknown) => void;
}

/** A property of a policy's configuration, with a control for its type. */
export function PropertyField({ name, schema, required, value, error, onChange }: PropertyProps) {
  // What is typed as JSON can be of any type: the control does not change while somebody types.
  const [field] = useState(() => fieldOf(schema, value));
  const common = {
    label: name,
    description: describe(schema),
    required: required && defaultOf(schema) === undefined,
    error,
    maw: 560,
  };
  return <Control field={field} common={common} schema={schema} value={value} onChange={onChange} />;
}

interface ControlProps extends Pick<PropertyProps, "schema" | "value" | "onChange"> {
  field: Field;
  common: { label: string; description: string | undefined; required: boolean; error: string | undefined; maw: number };
}

function Control({ field, common, schema, value, onChange }: ControlProps) {
  const fallback = defaultOf(schema);
  const placeholder = fallback === undefined ? "" : JsonText.stringify(fallback);
  switch (field.kind) {
    case "text":
      return (
        <TextInput
          {...common}
          placeholder={placeholder}
          value={(value as string) ?? ""}
          onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
        />
      );
    case "number":
    case "integer":
      return (
        <NumberInput
          {...common}
          placeholder={placeholder}
          allowDecimal={field.kind === "number"}
          value={(value as number) ?? ""}
          onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
        />
      );
    case "boolean":
      return <Choice common={common} choices={[true, false]} {...{ fallback, value, onChange }} />;
    case "choice":
      return <Choice common={common} choices={field.choices} {...{ fallback, value, onChange }} />;
    case "texts":
      return (
        <TagsInput
          {...common}
          placeholder={placeholder || "type, then Enter"}
          data={field.choices}
          value={(value as string[]) ?? []}
          onChange={(next) => onChange(next.length > 0 ? next : undefined)}
        />
      );
    default:
      return <Json common={common} placeholder={placeholder} value={value} onChange={onChange} />;
  }
}

interface ChoiceProps extends Pick<ControlProps, "common" | "value" | "onChange"> {
  choices: unknown[];
  fallback: unknown;
}

function Choice({ common, choices, fallback, value, onChange }: ChoiceProps) {
  const unset = fallback === undefined ? "not set" : `not set (${JsonText.stringify(fallback)})`;
  return (
    <NativeSelect
      {...common}
      data={[
        { value: "", label: unset },
        ...choices.map((choice, index) => ({ value: String(index), label: String(choice) })),
      ]}
      value={value === undefined ? "" : String(choices.indexOf(value))}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === "" ? undefined : choices[Number(currentTarget.value)])
      }
    />
  );
}

function Json({
  common,
  placeholder,
  value,
  onChange,
}: Omit<ControlProps, "field" | "schema"> & { placeholder: string }) {
  const [text, setText] = useState(value === undefined ? "" : JsonText.stringify(value, "  "));
  const [invalid, setInvalid] = useState(false);
  return (
    <JsonInput
      {...common}
      error={invalid ? "This is not JSON: what was there before stays until it is." : common.error}
      placeholder={placeholder || "JSON"}
      autosize
      minRows={2}
      maxRows={16}
      value={text}
      onChange={(next) => {
        setText(next);
        const read = readJson(next);
        setInvalid(read === invalidJson);
        if (read !== invalidJson) onChange(read);
      }}
    />
  );
}

const invalidJson = Symbol("not JSON");

function readJson(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JsonText.parse(text);
  } catch {
    return invalidJson;
  }
}

function describe(schema: unknown): string | undefined {
  return isObject(schema) && typeof schema.description === "string" ? schema.description : undefined;
}

function defaultOf(schema: unknown): unknown {
  return isObject(schema) ? schema.default : undefined;
}

/** What the server says of a policy as a whole. */
export function PolicyProblem({ problems }: { problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <Stack gap={2} role="alert">
      {problems.map((problem) => (
        <Text key={problem} c="var(--mantine-color-error)" size="sm" className="text">
          {problem}
        </Text>
      ))}
    </Stack>
  );
}
