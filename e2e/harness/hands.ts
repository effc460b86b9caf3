import type { Locator, Page } from "playwright-core";

/** What a person does with the controls of a page, which are found by what they are called. */
export interface Hands {
  button(name: string): Locator;
  field(name: string): Locator;
  /** Opens a list, and takes an option of it. */
  choose(list: string, option: string): Promise<void>;
  /** Presses a button that asks first, and says yes. @returns what the question said will follow. */
  agree(button: string, title: string): Promise<string>;
}

export function handsOn(page: Page): Hands {
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  return {
    button,
    field: (name) => page.getByRole("textbox", { name, exact: true }),
    async choose(list, option) {
      await page.getByRole("combobox", { name: list, exact: true }).click();
      await page.getByRole("option", { name: option, exact: true }).click();
    },
    async agree(label, title) {
      await button(label).click();
      const question = page.getByRole("dialog", { name: title, exact: true });
      const consequences = (await question.textContent()) ?? "";
      await question.getByRole("button", { name: title, exact: true }).click();
      await question.waitFor({ state: "detached" });
      return consequences;
    },
  };
}
