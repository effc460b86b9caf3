/** For the button that clears a field or takes out a pill, which Mantine hides from the Tab key and from screen readers. */
export const clearButton = (label: string) => ({ "aria-label": label, "aria-hidden": false, tabIndex: 0 });
