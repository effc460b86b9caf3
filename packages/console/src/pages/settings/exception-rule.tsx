import { Group, NumberInput, Select, Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { exceptionRuleQuery, type ExceptionRule as Rule } from "./queries.ts";
import { SettingForm, tellSaved } from "./section.tsx";

const severities = [
  { value: "", label: "Every policy" },
  { value: "critical", label: "All but critical policies" },
  { value: "high", label: "All but high and critical policies" },
  { value: "medium", label: "Only low policies, and those without a severity" },
  { value: "low", label: "Only policies without a severity" },
];

type Unit = "hours" | "days";

export function ExceptionRule({ now, etag }: { now: Rule; etag: string }) {
  const { name: orgName, isAdmin } = useOrganization();
  const queries = useQueryClient();
  const [rule, setRule] = useState(now);
  const set = (change: Partial<Rule>) => setRule({ ...rule, ...change });
  const save = useChange(
    () =>
      api.tagged("PUT /api/quillon/orgs/{orgName}/exception-rule", {
        params: { orgName },
        body: rule,
        headers: { "if-match": etag },
      }),
    (saved) => {
      // What is set next is after this.
      queries.setQueryData(exceptionRuleQuery(orgName).queryKey, saved);
      tellSaved();
    },
  );
  const disabled = !isAdmin;
  return (
    <SettingForm
      label="Save what is allowed of exceptions"
      mutation={save}
      changed={isDifferent(rule, now)}
      may={isAdmin}
      who="admins"
    >
      <Switch
        label="Somebody else must agree to each exception"
        description="A policy manager who is not its author approves it before anything is let through."
        checked={rule.approval}
        onChange={({ currentTarget }) => set({ approval: currentTarget.checked })}
        disabled={disabled}
      />
      <Longest hours={rule.longestHours} set={(longestHours) => set({ longestHours })} disabled={disabled} />
      <Switch
        label="Each exception needs an end"
        description={
          rule.longestHours === null
            ? "One without an end is refused."
            : "It does in any case, because there is a longest time."
        }
        checked={rule.endRequired || rule.longestHours !== null}
        onChange={({ currentTarget }) => set({ endRequired: currentTarget.checked })}
        disabled={disabled || rule.longestHours !== null}
      />
      <Select
        label="Exceptions are allowed from"
        description="What is not allowed can't be asked for either. Its violations have to be mended."
        maw={460}
        data={severities}
        value={rule.forbiddenFrom ?? ""}
        onChange={(value) => set({ forbiddenFrom: (value || null) as Rule["forbiddenFrom"] })}
        allowDeselect={false}
        disabled={disabled}
      />
    </SettingForm>
  );
}

const isDifferent = (one: Rule, other: Rule) =>
  (["approval", "longestHours", "endRequired", "forbiddenFrom"] as const).some((field) => one[field] !== other[field]);

interface LongestProps {
  hours: number | null;
  set: (hours: number | null) => void;
  disabled: boolean;
}

function Longest({ hours, set, disabled }: LongestProps) {
  const [unit, setUnit] = useState<Unit>(hours === null || hours % 24 === 0 ? "days" : "hours");
  const factor = unit === "days" ? 24 : 1;
  return (
    <Group align="flex-end" gap="xs">
      <NumberInput
        label="Longest time of an exception"
        placeholder="any"
        w={260}
        min={1}
        max={87_600 / factor}
        allowDecimal={false}
        value={hours === null ? "" : hours / factor}
        onChange={(value) => set(value === "" ? null : Number(value) * factor)}
        disabled={disabled}
      />
      <Select
        aria-label="Unit of the longest time"
        w={110}
        data={["hours", "days"]}
        value={unit}
        onChange={(value) => {
          const next = value as Unit;
          setUnit(next);
          if (hours !== null) set((hours / factor) * (next === "days" ? 24 : 1));
        }}
        allowDeselect={false}
        disabled={disabled}
      />
    </Group>
  );
}
