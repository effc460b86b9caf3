import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The installed Chromium. Playwright's own builds are not used, because they come from no package registry. */
export const chromiumProgram = process.env.QUILLON_TEST_CHROMIUM ?? PROGRAMS.find(existsSync);

export function openBrowser(): Promise<Browser> {
  // Root can't have Chromium's sandbox.
  return chromium.launch({ ...(chromiumProgram && { executablePath: chromiumProgram }), args: ["--no-sandbox"] });
}
