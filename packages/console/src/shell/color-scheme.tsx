import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";

/** Changes between light and dark. Until somebody does, the browser's wish counts. */
export function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "light" ? "dark" : "light";
  return (
    <ActionIcon variant="default" size="lg" aria-label={`Show ${other} colours`} onClick={() => setColorScheme(other)}>
      {other === "dark" ? <IconMoon size={16} /> : <IconSun size={16} />}
    </ActionIcon>
  );
}
