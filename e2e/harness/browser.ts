import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";

export { chromiumProgram, OTHER_NAME, openBrowser } from "../../tools/chromium.ts";

/** A person's browser window. What its pages report as an error is in `errors`. */
export interface Window {
  page: Page;
  context: BrowserContext;
  errors: string[];
}

export async function openWindow(
  browser: Browser,
  { url, ...options }: { url: string } & Parameters<Browser["newContext"]>[0],
): Promise<Window> {
  const context = await browser.newContext({ baseURL: url, ...options });
  // Many times what the slowest step takes, because a browser shares its machine with other tests.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // The refusals that a test expects are in the console, too.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      errors.push(message.text());
  });
  return { page, context, errors };
}

/** Types an access token into the page that asks for one. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByRole("textbox", { name: "Access token" }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^Account of/ }).waitFor();
}

/** Rules that axe finds broken in what the page shows now, serious and critical ones. @returns rule and element of each. */
export function seriousProblems(page: Page): Promise<string[]> {
  return problems(page, {});
}

/** Of the rules that depend on colours, which are enough when a page that was looked at changes its colours. */
export function colourProblems(page: Page): Promise<string[]> {
  return problems(page, { runOnly: ["color-contrast", "link-in-text-block"] });
}

async function problems(page: Page, options: object): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe.source);
  const found: { id: string; impact: string; nodes: { html: string }[] }[] = await page.evaluate(
    `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ["violations"] })}).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`));
}
