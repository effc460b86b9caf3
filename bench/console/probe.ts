// What the pages are asked while they are measured. All of it runs in the browser.
import type { Page } from "playwright-core";

/** Watches each page of a window from its start: when its first number or table is painted, and its largest paint. */
export const WATCH = `
  window.measured = { largest: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) measured.largest = startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  window.whenPainted = (shown) => new Promise((resolve) => {
    const look = () => {
      if (!shown()) return requestAnimationFrame(look);
      // A frame is painted between an animation frame and the next task.
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    look();
  });
  // For so many milliseconds no placeholder was shown.
  window.whenQuiet = (ms) => {
    let since = performance.now();
    return whenPainted(() => {
      if (isBusy() || !document.querySelector("main h1")) since = performance.now();
      return performance.now() - since >= ms;
    });
  };
  addEventListener("click", ({ timeStamp }) => { measured.clicked = timeStamp; }, true);
  const main = () => document.querySelector("main");
  window.isBusy = () => !main() || main().querySelector("[aria-busy=true]") !== null;
  whenPainted(() => main()?.querySelector("table") || /\\d/.test(main()?.textContent)).then((at) => { measured.first = at; });
`;

/** Milliseconds from the start of the page, and the compressed bytes of the scripts that had come until its first number or table. */
export async function firstPaint(page: Page): Promise<{ first: number; largest: number; script: number }> {
  await page.evaluate("whenQuiet(500)");
  return page.evaluate(`({
    first: measured.first,
    largest: measured.largest,
    script: performance.getEntriesByType("resource")
      .filter(({ name, responseEnd }) => name.endsWith(".js") && responseEnd <= measured.first)
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  })`);
}

/**
 * Clicks a link.
 *
 * @param shown what the next page shows and this one does not, as JavaScript; by default another title.
 * @returns the milliseconds from the click until the next page is painted, without placeholders.
 */
export async function changePage(page: Page, click: () => Promise<void>, shown?: string): Promise<number> {
  const title = `document.querySelector("main h1")?.textContent`;
  const other = shown ?? `${title} !== ${JSON.stringify(await page.evaluate(title))}`;
  // Asked before the click, so that nothing is asked of the browser meanwhile.
  const painted = page.evaluate(
    `whenPainted(() => ${title} && ${other} && !isBusy()).then((at) => at - measured.clicked)`,
  );
  await click();
  return (await painted) as number;
}

/** Changes what is after the `?`, as a filter does. @returns the milliseconds until the first finding that is shown has this word. */
export function filterBy(page: Page, search: string, word: string): Promise<number> {
  return page.evaluate(`(() => {
    const from = performance.now();
    history.pushState(null, "", ${JSON.stringify(search)});
    dispatchEvent(new PopStateEvent("popstate"));
    const first = () => document.querySelector('main a[href*="/insights/findings/"]')?.closest("tr, li, [role=row]");
    return whenPainted(() => first()?.textContent.includes(${JSON.stringify(word)}) && !isBusy()).then((at) => at - from);
  })()`);
}

/** Scrolls by the wheel. @returns the milliseconds between frames. */
export async function scrollFrames(page: Page, ms: number): Promise<{ frames: number[]; pixels: number }> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.mouse.move(width / 2, height / 2);
  const frames = page.evaluate(`new Promise((resolve) => {
    const frames = [];
    const from = performance.now();
    let last;
    let pixels = 0;
    addEventListener("scroll", ({ target }) => {
      pixels = Math.max(pixels, (target.scrollingElement ?? target).scrollTop);
    }, true);
    requestAnimationFrame(function frame(at) {
      if (last !== undefined) frames.push(at - last);
      last = at;
      if (performance.now() - from < ${ms}) requestAnimationFrame(frame);
      else resolve({ frames, pixels });
    });
  })`);
  const until = performance.now() + ms;
  while (performance.now() < until) await page.mouse.wheel(0, 240);
  return (await frames) as { frames: number[]; pixels: number };
}

/** Bytes of JavaScript's heap that are in use after its garbage was collected. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}
