import { Box, Button, Group, Kbd } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense } from "react";

/** Loaded when somebody searches. */
const Search = lazy(() => import("./search.tsx").then(({ Search }) => ({ default: Search })));

/** Opens the search, as the key / and Ctrl+K do. On a small screen its icon is enough. */
export function SearchButton() {
  const [opened, { open, close }] = useDisclosure();
  useHotkeys([
    ["/", open],
    ["mod+K", open],
  ]);
  return (
    <>
      <Button variant="default" px={{ base: "xs", sm: "md" }} onClick={open} aria-label="Search">
        <Group gap="xs" wrap="nowrap">
          <IconSearch size={16} />
          <Box component="span" visibleFrom="sm">
            Search
          </Box>
          <Kbd size="xs" visibleFrom="sm">
            /
          </Kbd>
        </Group>
      </Button>
      {opened && (
        <Suspense>
          <Search close={close} />
        </Suspense>
      )}
    </>
  );
}
