import type { Browser, Page } from "playwright-core";
import { chromiumProgram, openBrowser } from "../tools/chromium.ts";
import { changePage, filterBy, firstPaint, heapOf, scrollFrames, WATCH } from "./console/probe.ts";
import { fillServer, LARGE } from "./console/seed.ts";
import { startQuillonClient } from "./measure/client.ts";
import { TOKEN, withQuillonOnPostgres } from "./measure/quillon.ts";
import { median } from "./measure/ratios.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SCROLL_MS = 5_000;
const SLOW_FRAME = 20;
const MIB = 1024 ** 2;

const PAGES = [
  "Findings",
  "Stacks",
  "Policy packs",
  "Policy groups",
  "Exceptions",
  "Compliance",
  "Audit log",
  "Overview",
];
const SEVERITIES = ["low", "medium", "high", "critical"];

interface Console {
  browser: Browser;
  url: string;
}

export async function main(): Promise<void> {
  if (!chromiumProgram) return console.log("Chromium is not installed. QUILLON_TEST_CHROMIUM is its path, if it is.");
  await withQuillonOnPostgres(async ({ printed: url }, databaseUrl) => {
    const stack = await fillServer(startQuillonClient(url, TOKEN), databaseUrl);
    const browser = await openBrowser();
    await measure({ browser, url }, stack).finally(() => browser.close());
  });
}

async function measure(on: Console, stack: string): Promise<void> {
  await measureFirstLoad(on);
  await measurePages(on);
  await measureUpdate(on, stack);
  await measureResources(on, stack);
  await measureFindings(on);
}

/** Does something in a new window with an empty cache, which is signed in. */
async function inWindow<T>({ browser, url }: Console, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  await context.addInitScript(WATCH);
  await context.request.post("/api/quillon/session", { headers: { authorization: `token ${TOKEN}` } });
  try {
    return await work(await context.newPage());
  } finally {
    await context.close();
  }
}

async function rounds<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  await work();
  const all: T[] = [];
  for (let round = 0; round < count; round += 1) all.push(await work());
  return all;
}

async function measureFirstLoad(on: Console): Promise<void> {
  const loads = await rounds(ROUNDS, () =>
    inWindow(on, async (page) => {
      await page.goto(`/${LARGE}`);
      return firstPaint(page);
    }),
  );
  print(
    "overview, scripts before a number",
    loads.map(({ script }) => script / 1000),
    "KB",
    230,
  );
  print(
    "overview, until a number",
    loads.map(({ first }) => first),
    "ms",
  );
  print(
    "overview, largest paint",
    loads.map(({ largest }) => largest),
    "ms",
    1000,
  );
}

async function measurePages(on: Console): Promise<void> {
  const took = await inWindow(on, async (page) => {
    await page.goto(`/${LARGE}`);
    await firstPaint(page);
    const all: { name: string; ms: number; first: boolean }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const name of PAGES) {
        const ms = await changePage(page, () => page.getByRole("link", { name, exact: true }).first().click());
        all.push({ name, ms, first: round === 0 });
      }
    return all;
  });
  for (const name of PAGES)
    print(
      `page ${name}`,
      took.filter((one) => one.name === name && !one.first).map(({ ms }) => ms),
      "ms",
    );
  for (const { name, ms, first } of took) if (first) print(`page ${name}, the first time`, [ms], "ms");
  print(
    "change of page, the first time",
    took.filter(({ first }) => first).map(({ ms }) => ms),
    "ms",
    150,
  );
  print(
    "change of page, later",
    took.filter(({ first }) => !first).map(({ ms }) => ms),
    "ms",
    150,
  );
}

async function measureUpdate(on: Console, stack: string): Promise<void> {
  const activity = pageOf(stack);
  const shown = `document.querySelector("main section[aria-label^=rule-]")`;
  const opened = await rounds(ROUNDS, () =>
    inWindow(on, async (page) => {
      await page.goto(activity);
      await firstPaint(page);
      const link = page.locator(`main a[href*="/updates/"]`).first();
      return { ms: await changePage(page, () => link.click(), shown), heap: await heapOf(page) };
    }),
  );
  print(
    "update of 10,000 resources, by a link",
    opened.map(({ ms }) => ms),
    "ms",
    1000,
  );
  print(
    "its heap",
    opened.map(({ heap }) => heap / MIB),
    "MiB",
    200,
  );
  const loaded = await rounds(ROUNDS, () =>
    inWindow(on, async (page) => {
      await page.goto(`${activity}/updates/latest`);
      return page.evaluate(`whenPainted(() => ${shown})`) as Promise<number>;
    }),
  );
  print("the same, by its address, cold", loaded, "ms");
}

async function measureResources(on: Console, stack: string): Promise<void> {
  const opened = await rounds(ROUNDS, () =>
    inWindow(on, async (page) => {
      await page.goto(pageOf(stack));
      await firstPaint(page);
      const ms = await changePage(
        page,
        () => page.getByRole("tab", { name: "Resources" }).click(),
        `document.querySelector("main tbody [aria-expanded]")`,
      );
      return { ms, heap: await heapOf(page) };
    }),
  );
  print(
    "10,000 resources of a stack",
    opened.map(({ ms }) => ms),
    "ms",
    1000,
  );
  print(
    "their heap",
    opened.map(({ heap }) => heap / MIB),
    "MiB",
    200,
  );
}

async function measureFindings(on: Console): Promise<void> {
  await inWindow(on, async (page) => {
    await page.goto(`/${LARGE}/insights/findings`);
    await firstPaint(page);
    const filtered: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      for (const severity of SEVERITIES) filtered.push(await filterBy(page, `?severity=${severity}`, severity));
    print("findings, filtered", filtered, "ms", 250);
    await page.goto(`/${LARGE}/insights/findings`);
    await firstPaint(page);
    const { frames, pixels } = await scrollFrames(page, SCROLL_MS);
    const slow = (100 * frames.filter((ms) => ms > SLOW_FRAME).length) / frames.length;
    console.log(
      `${"findings, frames after 20 ms".padEnd(38)} ${slow.toFixed(1).padStart(8)} % of ${frames.length} over ${Math.round(pixels)} px  (at most 5)`,
    );
    print(
      "their heap",
      [await heapOf(page)].map((heap) => heap / MIB),
      "MiB",
    );
  });
}

const pageOf = (stack: string) => stack.replace("/api/stacks", "");

function print(name: string, values: number[], unit: string, most?: number): void {
  const sorted = values.toSorted((x, y) => x - y);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
  const target = most === undefined ? "" : `  (at most ${most})`;
  console.log(
    `${name.padEnd(38)} ${median(values).toFixed(0).padStart(8)} ${unit.padEnd(4)} p95 ${p95.toFixed(0)}${target}`,
  );
}
