/** For `clearButtonProps`: a button of this name that the Tab key reaches, which Mantine leaves out. */
export const clearButton = (label: string) => ({ "aria-label": label, tabIndex: 0 });
