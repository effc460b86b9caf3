import { AppShell, Box, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { focusPage } from "../shared/page-focus.ts";
import { AccountMenu } from "./account-menu.tsx";
import { ColorScheme } from "./color-scheme.tsx";
import { Navigation } from "./navigation.tsx";
import { OpenedPage } from "./opened-page.tsx";
import { OrganizationPicker } from "./organization-picker.tsx";
import { SearchButton } from "./search-button.tsx";
import { Skip, skippedTo } from "./skip.tsx";

/** The link of the menu that was followed is hidden then. */
const focusSoon = () => void setTimeout(focusPage);

/** What is around every page of somebody who is signed in. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false, { onClose: focusSoon });
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu of a small screen
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <Skip />
      <OpenedPage />
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={opened}
            />
            <Text fw={700} visibleFrom="sm">
              Quillon
            </Text>
            <OrganizationPicker />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SearchButton />
            <ColorScheme />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages" data-opened={opened}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main {...skippedTo}>
        <Box maw={1400}>
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}
