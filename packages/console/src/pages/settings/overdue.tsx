import { NumberInput, SimpleGrid } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import type { OverdueDays } from "./queries.ts";
import { SettingForm, tellSaved } from "./section.tsx";

const severities = ["critical", "high", "medium", "low"] as const;

export function Overdue({ now }: { now: OverdueDays }) {
  const { name: orgName, isAdmin } = useOrganization();
  const [days, setDays] = useState(now);
  const save = useChange(
    () =>
      api.call("PUT /api/quillon/orgs/{orgName}/finding-rule", {
        params: { orgName },
        body: { overdueAfterDays: days },
      }),
    tellSaved,
  );
  return (
    <SettingForm
      label="Save when findings are overdue"
      mutation={save}
      changed={severities.some((severity) => days[severity] !== now[severity])}
      may={isAdmin}
      who="admins"
    >
      <SimpleGrid cols={{ base: 2, xs: 4 }}>
        {severities.map((severity) => (
          <NumberInput
            key={severity}
            label={`${severity.slice(0, 1).toUpperCase()}${severity.slice(1)}, in days`}
            placeholder="never"
            min={1}
            max={3650}
            allowDecimal={false}
            value={days[severity] ?? ""}
            onChange={(value) => setDays({ ...days, [severity]: value === "" ? null : Number(value) })}
            disabled={!isAdmin}
          />
        ))}
      </SimpleGrid>
    </SettingForm>
  );
}
