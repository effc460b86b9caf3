import { type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  // White on the shade that Mantine takes has too little contrast.
  primaryShade: { light: 7, dark: 8 },
  defaultRadius: "sm",
  cursorType: "pointer",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "1.375rem" }, h2: { fontSize: "1.0625rem" } } },
  components: {
    Table: { defaultProps: { verticalSpacing: "xs", horizontalSpacing: "sm", highlightOnHover: true } },
    Anchor: { defaultProps: { underline: "hover" } },
    // A badge is not cut: in a cell nothing else would say how wide it is.
    Badge: { defaultProps: { variant: "light", radius: "sm", miw: "max-content" } },
    // The second of two clicks that open it is beside it, and a click there must not lose what was typed.
    Modal: { defaultProps: { closeOnClickOutside: false, closeButtonProps: { "aria-label": "Close" } } },
  },
});

/** Of small texts, and of what empty fields show, Mantine's own colours have less contrast than people with weak eyes need. */
export const readableColors: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-anchor": colors.indigo[8],
    "--mantine-color-error": colors.red[9],
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[1],
    "--mantine-color-anchor": colors.indigo[3],
    "--mantine-color-error": colors.red[4],
  },
});
