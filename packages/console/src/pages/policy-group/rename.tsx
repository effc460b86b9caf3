import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Problem } from "../../shared/loaded.tsx";

/** @param goes whether the page of the group is shown with its new name. */
export function RenameGroup({ group, close, goes = false }: { group: string; close: () => void; goes?: boolean }) {
  const { name: orgName } = useOrganization();
  const navigate = useNavigate();
  const [newName, setNewName] = useState(group);
  const change = useChange(
    () =>
      api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
        params: { orgName, policyGroup: group },
        body: { newName },
      }),
    async () => {
      close();
      if (goes)
        await navigate({
          to: "/$org/insights/policygroups/$group",
          params: { org: orgName, group: newName },
          replace: true,
        });
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Dialog close={close} title={`Rename ${group}`}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="New name"
            description="Commands and scripts that name the group need the new name then. Its stacks and packs stay."
            required
            data-autofocus
            value={newName}
            onChange={({ currentTarget }) => setNewName(currentTarget.value)}
          />
          {change.error && <Problem error={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending} disabled={newName === group}>
              Rename
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
