import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Answer, TestApp } from "../../packages/server/src/testing/app.ts";
import { openBrowser, openWindow, type Window } from "./browser.ts";
import { hasPostgres, openPostgresWorld } from "./postgres-world.ts";
import { openWorld, type World } from "./world.ts";

/** A server, a browser, and the API with which tests prepare what they look at and check what the pages have done. */
export interface Console {
  world: World;
  browser: Browser;
  /** For what prepares the server's own tests, too: of an app it asks only to send requests. */
  api: TestApp;
  /** A new window, in which the owner of a token is signed in: by default the admin. */
  window(token?: string, options?: BrowserContextOptions): Promise<Window>;
  close(): Promise<void>;
}

/** On PostgreSQL, if the test runner has found one, because the embedded database takes longer to fill. */
export async function openConsole(settings: Record<string, string> = {}): Promise<Console> {
  const open = hasPostgres ? openPostgresWorld : openWorld;
  const [world, browser] = await Promise.all([open(settings), openBrowser()]);
  const { url } = world.server;
  return {
    world,
    browser,
    api: remoteApp(world),
    async window(token = world.adminToken, options = {}) {
      const window = await openWindow(browser, { url, ...options });
      const headers = { authorization: `token ${token}` };
      const answer = await window.context.request.post("/api/quillon/session", { headers });
      if (!answer.ok()) throw new Error(`Nobody is signed in: ${await answer.text()}`);
      return window;
    },
    async close() {
      await browser.close();
      await world.close();
    },
  };
}

function remoteApp({ server, adminToken: token }: World): TestApp {
  async function send(request: string, body?: unknown, more: SendOptions = {}): Promise<Answer> {
    const [method = "GET", path = "/"] = request.split(" ");
    const headers = { authorization: more.as ?? `token ${token}`, "content-type": "application/json" };
    const response = await fetch(server.url + path, {
      method,
      headers: more.headers ?? headers,
      ...(more.payload !== undefined && { body: more.payload }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: {} };
  }
  return { token, send } as unknown as TestApp;
}

interface SendOptions {
  as?: string;
  headers?: Record<string, string>;
  payload?: Uint8Array<ArrayBuffer>;
}

/** Opens a page, and waits until all of it is there. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await settled(page);
}

/** Waits until nothing on the page is still being loaded. */
export async function settled(page: Page): Promise<void> {
  await page.locator('body:has(h1):not(:has([aria-busy="true"]))').waitFor();
}

/** Changes the colours as somebody does who changes those of their system. */
export async function colours(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
  await calm(page);
}

/** Waits until nothing moves and no colour changes any more. */
export async function calm(page: Page): Promise<void> {
  await page.evaluate(FINISHED);
}

const FINISHED = `Promise.all(document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().endTime < Infinity)
  .map((animation) => animation.finished.catch(() => {})))`;
