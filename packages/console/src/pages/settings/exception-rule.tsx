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

interface Seen {
  now: Rule;
  etag: string;
}

export function ExceptionRule(current: Seen) {
  const { isAdmin } = useOrganization();
  const { rule, setRule, changed, save, again, etag } = useEdit(current);
  const set = (change: Partial<Rule>) => setRule({ ...rule, ...change });
  const disabled = !isAdmin;
  return (
    <SettingForm
      label="Save what is allowed of exceptions"
      mutation={save}
      changed={changed}
      may={isAdmin}
      who="admins"
      again={() => void again()}
    >
      <Switch
        label="Somebody else must agree to each exception"
        description="A policy manager who is not its author approves it before anything is let through."
        checked={rule.approval}
        onChange={({ currentTarget }) => set({ approval: currentTarget.checked })}
        disabled={disabled}
      />
      <Longest key={etag} hours={rule.longestHours} set={(longestHours) => set({ longestHours })} disabled={disabled} />
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

/** What others change while somebody edits is not taken in, so that saving it is refused instead of taking that back. */
function useEdit(current: Seen) {
  const { name: orgName } = useOrganization();
  const queries = useQueryClient();
  const [seen, setSeen] = useState(current);
  const [newest, setNewest] = useState(current.etag);
  const [rule, setRule] = useState(current.now);
  const begin = (from: Seen) => {
    setSeen(from);
    setRule(from.now);
  };
  const changed = isDifferent(rule, seen.now);
  if (newest !== current.etag) {
    setNewest(current.etag);
    if (!changed) begin(current);
  }
  const save = useChange(
    () =>
      api.tagged("PUT /api/quillon/orgs/{orgName}/exception-rule", {
        params: { orgName },
        body: rule,
        headers: { "if-match": seen.etag },
      }),
    (saved) => {
      // What is set next is after this.
      queries.setQueryData(exceptionRuleQuery(orgName).queryKey, saved);
      begin({ now: saved.reply, etag: saved.etag });
      tellSaved();
    },
  );
  const again = async () => {
    const { reply, etag } = await queries.fetchQuery({ ...exceptionRuleQuery(orgName), staleTime: 0 });
    begin({ now: reply, etag });
    save.reset();
  };
  return { rule, setRule, changed, save, again, etag: seen.etag };
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
