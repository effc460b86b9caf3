import { Box, Button, Group, Menu } from "@mantine/core";
import { IconKey, IconLogout, IconUser } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api.ts";
import { useSession } from "../session.ts";

/** Who is signed in, their access tokens, and signing out. */
export function AccountMenu() {
  const { login } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api.call("DELETE /api/quillon/session", {}),
    onSettled: async () => {
      await navigate({ to: "/signin", search: { out: "1" } });
      queries.clear();
    },
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px={{ base: "xs", sm: "md" }} aria-label={`Account of ${login}`}>
          <Group gap="xs" wrap="nowrap">
            <IconUser size={16} />
            <Box component="span" visibleFrom="sm">
              {login}
            </Box>
          </Group>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconKey size={14} />} onClick={() => void navigate({ to: "/account/tokens" })}>
          Access tokens
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
