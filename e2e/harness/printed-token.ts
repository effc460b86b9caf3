import { expect } from "vitest";
import type { Terminal } from "./terminal.ts";

/** Runs a `quillon` command that makes an access token, and expects that the token is all it prints on stdout. */
export async function printedToken(terminal: Terminal, line: string): Promise<string> {
  const { code, stdout, all } = await terminal.run(line);
  expect(code, all).toBe(0);
  expect(stdout).toMatch(/^qln_\S+\n$/);
  return stdout.trim();
}
