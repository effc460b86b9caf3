import { Button, Menu, Text } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useOrganization, useSession } from "../session.ts";

/** Which organization the pages are of. With a single one there is nothing to pick. */
export function OrganizationPicker() {
  const { organizations } = useSession();
  const { name: org } = useOrganization();
  const navigate = useNavigate();
  if (org === "") return null;
  if (organizations.length === 1) return <Text truncate>{org}</Text>;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" rightSection={<IconSelector size={14} />}>
          {org}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {organizations.map(({ name }) => (
          <Menu.Item key={name} onClick={() => void navigate({ to: "/$org", params: { org: name } })}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
