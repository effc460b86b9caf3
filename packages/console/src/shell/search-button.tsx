import { Box, Button, Kbd } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense } from "react";

/** Loaded when somebody searches. */
const Search = lazy(() => import("./search.tsx").then(({ Search }) => ({ default: Search })));

/** On a small screen the icon is enough. */
const NARROW = { base: "xs", sm: "md" };

/** Opens the search, as the key / and Ctrl+K do. */
export function SearchButton() {
  const [opened, { open, close }] = useDisclosure();
  useHotkeys([
    ["/", open],
    ["mod+K", open],
  ]);
  return (
    <>
      <Button
        variant="default"
        px={NARROW}
        leftSection={<IconSearch size={16} />}
        rightSection={
          <Kbd size="xs" visibleFrom="sm">
            /
          </Kbd>
        }
        onClick={open}
        aria-label="Search"
      >
        <Box component="span" visibleFrom="sm">
          Search
        </Box>
      </Button>
      {opened && (
        <Suspense>
          <Search close={close} />
        </Suspense>
      )}
    </>
  );
}
