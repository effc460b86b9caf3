import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The installed Chromium. Playwright's own builds are not used, because they come from no package registry. */
export const chromiumProgram = process.env.QUILLON_TEST_CHROMIUM ?? PROGRAMS.find(existsSync);

/** Of this machine, and not of those that a browser trusts without https. */
export const OTHER_NAME = "quillon.test";

export function openBrowser(): Promise<Browser> {
  // Root can't have Chromium's sandbox.
  const args = ["--no-sandbox", `--host-resolver-rules=MAP ${OTHER_NAME} 127.0.0.1`];
  return chromium.launch({ ...(chromiumProgram && { executablePath: chromiumProgram }), args });
}
