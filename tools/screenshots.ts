// npm run screenshots: the pictures of the console in docs/images. Starts a server of its own, fills it by what the demo shows,
// with the real Pulumi CLI, and by more stacks and runs, and takes the main pages in an installed Chromium. With names, only
// those: npm run screenshots -- overview findings
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { chromiumProgram, openBrowser } from "./chromium.ts";
import { type DemoServer, startServer } from "./demo/server.ts";
import { setUp, show } from "./demo.ts";
import { Failure } from "./failure.ts";
import { repositoryDir } from "./repository.ts";
import { type Api, apiOf } from "./screenshots/api.ts";
import { fill } from "./screenshots/fill.ts";

const folder = join(repositoryDir, "docs", "images");
/** So long after the last run the pictures are taken, so that they all say the same of when it was. */
const LATER = 2 * 3_600_000;

const VIEWS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  narrow: { colorScheme: "light", viewport: { width: 390, height: 844 } },
} as const;

interface Picture {
  name: string;
  views: (keyof typeof VIEWS)[];
  path: string | ((api: Api) => Promise<string>);
}

const PICTURES: Picture[] = [
  { name: "overview", views: ["light", "dark", "narrow"], path: "/acme" },
  { name: "stopped", views: ["light", "dark", "narrow"], path: stoppedPreview },
  { name: "stack", views: ["light", "dark"], path: "/acme/checkout/prod" },
  { name: "why", views: ["light", "dark"], path: "/acme/passwords/dev/settings" },
  { name: "findings", views: ["light", "dark", "narrow"], path: "/acme/insights/findings" },
  { name: "finding", views: ["light"], path: worstFinding },
  { name: "policy-packs", views: ["light"], path: "/acme/insights/policypacks" },
  { name: "policy-pack", views: ["light"], path: "/acme/insights/policypacks/aws-foundations/2.3.0" },
  { name: "policy-groups", views: ["light"], path: "/acme/insights/policygroups" },
  { name: "exceptions", views: ["light"], path: "/acme/insights/exceptions" },
  { name: "compliance", views: ["light"], path: "/acme/insights/compliance" },
];

export async function main(only: string[]): Promise<void> {
  if (!chromiumProgram) throw new Failure("Chromium is not installed. QUILLON_TEST_CHROMIUM is its path, if it is.");
  const place = realpathSync(mkdtempSync(join(tmpdir(), "quillon-screenshots-")));
  let server: DemoServer | undefined;
  try {
    const stage = await setUp(place);
    server = await startServer(join(place, "data"));
    await show(stage, server);
    await fill(apiOf(server.url, server.token));
    await takePictures(server, only);
  } finally {
    await server?.stop();
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

export async function takePictures({ url, token }: Pick<DemoServer, "url" | "token">, only: string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const api = apiOf(url, token);
  const browser = await openBrowser();
  try {
    for (const [view, options] of Object.entries(VIEWS)) {
      const wanted = PICTURES.filter(({ name, views }) => (views as string[]).includes(view) && isWanted(name, only));
      for (const { name, path } of wanted) {
        const file = join(folder, `${name}${view === "light" ? "" : `-${view}`}.png`);
        await takePicture(browser, {
          ...options,
          url,
          token,
          file,
          path: typeof path === "string" ? path : await path(api),
        });
      }
    }
  } finally {
    await browser.close();
  }
}

const isWanted = (name: string, only: string[]) => only.length === 0 || only.includes(name);

interface Taken {
  url: string;
  token: string;
  path: string;
  file: string;
  colorScheme: "light" | "dark";
  viewport: { width: number; height: number };
}

async function takePicture(browser: Browser, { url, token, path, file, ...options }: Taken): Promise<void> {
  const context = await browser.newContext({
    baseURL: url,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...options,
  });
  await context.request.post("/api/quillon/session", { headers: { authorization: `token ${token}` } });
  const page = await context.newPage();
  await page.clock.setFixedTime(Date.now() + LATER);
  await page.goto(path);
  await page.locator("main h1").first().waitFor();
  await page.evaluate(QUIET);
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  await context.close();
  console.log(`${file.slice(repositoryDir.length + 1)}: ${Math.round(statSync(file).size / 1000)} KB`);
}

/** Waits until no placeholder was shown for a second. A page that is live has a request that never ends. */
const QUIET = `new Promise((resolve) => {
  let looks = 0;
  setInterval(() => {
    looks = document.querySelector("main [aria-busy=true]") ? 0 : looks + 1;
    if (looks === 20) resolve();
  }, 50);
})`;

/** Of the demo's stack: the preview that `pulumi up` began with, and that the policy stopped. */
async function stoppedPreview({ send }: Api): Promise<string> {
  const { updates } = await send("GET /api/quillon/orgs/acme/stacks/passwords/dev/updates");
  const stopped = updates.find(({ results }: { results: { mandatory: number } }) => results.mandatory > 0);
  if (!stopped) throw new Failure("No run of passwords/dev was stopped by a policy.");
  return `/acme/passwords/dev/previews/${stopped.updateID}`;
}

async function worstFinding({ send }: Api): Promise<string> {
  const sortModel = [{ colId: "severity", sort: "desc" }];
  const found = await send("POST /api/orgs/acme/policy/findings", { startRow: 0, endRow: 1, sortModel });
  const [finding] = found.policyIssues;
  if (!finding) throw new Failure("There is no finding.");
  return `/acme/insights/findings/${finding.id}`;
}
