import { Box, Button, Group, Kbd } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";

/** Loaded when somebody searches. */
const Search = lazy(() => import("./search.tsx").then(({ Search }) => ({ default: Search })));

/** Opens the search, as the key / and Ctrl+K do. On a small screen its icon is enough. */
export function SearchButton() {
  const [opened, { open, close }] = useDisclosure();
  const [text, setText] = useText(opened);
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
          <Search text={text} setText={setText} close={close} />
        </Suspense>
      )}
    </>
  );
}

/** What is looked for. The code of the search may still have to be loaded, so what is typed before its field has the focus counts, too. */
function useText(opened: boolean) {
  const [text, setText] = useState("");
  useEffect(() => {
    if (!opened) return;
    const keep = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
      // The key that has opened the search is used already.
      const isText = [...key].length === 1 && !ctrlKey && !metaKey && !altKey && !defaultPrevented;
      if (!isText || document.activeElement?.matches("input")) return;
      event.preventDefault();
      setText((before) => before + key);
    };
    const stop = () => removeEventListener("keydown", keep);
    const stopAtField = ({ target }: FocusEvent) => {
      if (target instanceof HTMLInputElement) stop();
    };
    addEventListener("keydown", keep);
    addEventListener("focusin", stopAtField);
    return () => {
      stop();
      removeEventListener("focusin", stopAtField);
      setText("");
    };
  }, [opened]);
  return [text, setText] as const;
}
