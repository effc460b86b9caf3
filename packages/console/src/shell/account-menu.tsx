import { Box, Button, Group, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconKey, IconLogout, IconUser } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, messageOf } from "../api.ts";
import { tellOtherTabs } from "../other-tabs.ts";
import { useSession } from "../session.ts";

/** Who is signed in, their access tokens, and signing out. */
export function AccountMenu() {
  const { login } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api.call("DELETE /api/quillon/session", {}),
    onSuccess: async () => {
      tellOtherTabs(undefined);
      await navigate({ to: "/signin", search: { out: "1" } });
      queries.clear();
    },
    onError: (error) =>
      notifications.show({ color: "red", title: "You are still signed in", message: messageOf(error) }),
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
