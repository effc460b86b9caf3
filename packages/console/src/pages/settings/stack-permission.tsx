import { Select, Text } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import type { StackPermission as Permission } from "./queries.ts";
import { SettingForm, tellSaved } from "./section.tsx";

const permissions: { value: Permission; label: string; about: string }[] = [
  {
    value: "none",
    label: "Nothing",
    about: "A member sees only stacks that they made or that one of their teams has.",
  },
  { value: "read", label: "Read", about: "Every member reads every stack: its state, history and secrets." },
  { value: "write", label: "Write", about: "Every member reads and updates every stack." },
  { value: "admin", label: "Admin", about: "Every member reads, updates, renames and removes every stack." },
];

export function StackPermission({ now }: { now: Permission }) {
  const { name: orgName, isAdmin } = useOrganization();
  const [wanted, setWanted] = useState(now);
  const save = useChange(
    () =>
      api.call("PATCH /api/quillon/orgs/{orgName}", {
        params: { orgName },
        body: { defaultStackPermission: wanted },
      }),
    tellSaved,
  );
  return (
    <SettingForm label="Save what members may do" mutation={save} changed={wanted !== now} may={isAdmin} who="admins">
      <Select
        label="On every stack, a member may"
        w={260}
        maw="100%"
        data={permissions}
        value={wanted}
        onChange={(value) => setWanted(value as Permission)}
        allowDeselect={false}
        disabled={!isAdmin}
      />
      <Text size="sm">{permissions.find(({ value }) => value === wanted)?.about}</Text>
    </SettingForm>
  );
}
