import { Switch, Text } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Go } from "../../shared/links.tsx";
import { SettingForm, tellSaved } from "./section.tsx";

export function ReceiptRule({ now }: { now: boolean }) {
  const { name: org, isPolicyManager } = useOrganization();
  const [required, setRequired] = useState(now);
  const save = useChange(
    () =>
      api.call("PUT /api/quillon/orgs/{orgName}/receipt-rule", {
        params: { orgName: org },
        body: { required },
      }),
    tellSaved,
  );
  return (
    <SettingForm
      label="Save what receipts stop"
      mutation={save}
      changed={required !== now}
      may={isPolicyManager}
      who="policy managers and admins"
    >
      <Switch
        label="An update without a complete receipt stops the next one of its stack"
        description="A preview or an update with a complete receipt lets it start again, or an admin does. A refresh and a destroy always start."
        checked={required}
        onChange={({ currentTarget }) => setRequired(currentTarget.checked)}
        disabled={!isPolicyManager}
      />
      {required && !now && (
        <Text size="sm">
          Stacks whose last update has no complete receipt stop at once:{" "}
          <Go
            to="/$org/insights/compliance"
            params={{ org }}
            search={{ by: "receipts", status: "either" }}
            underline="always"
          >
            the updates of the last 7 days without one
          </Go>
          .
        </Text>
      )}
    </SettingForm>
  );
}
