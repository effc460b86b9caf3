import { createServer } from "node:http";
import type { FastifyBaseLogger } from "fastify";
import type { Settings } from "../settings.ts";

interface CliLogin {
  host: string;
  port: number;
  /** Where the console is. */
  console: string;
}

/**
 * Where the Pulumi CLI looks for the console: for an API at localhost:8080, and for no other address without the name api, it opens
 * localhost:3000. https://github.com/pulumi/pulumi/blob/v3.220.0/pkg/backend/httpstate/console.go#L57
 *
 * @returns nothing when the CLI does not look there, or when that is turned off.
 */
export function cliLoginOf({
  listen,
  publicUrl = "http://localhost:8080",
  cliLoginPort,
}: Pick<Settings, "listen" | "publicUrl" | "cliLoginPort">): CliLogin | undefined {
  if (listen.port !== 8080 || cliLoginPort === 0) return undefined;
  return { host: listen.host, port: cliLoginPort, console: publicUrl };
}

/**
 * Listens where the Pulumi CLI looks for the console, and sends browsers on to it. When the port is taken, that is only logged: people can
 * log in with an access token.
 *
 * @returns ends it.
 */
export async function listenForCliLogin(
  { host, port, console }: CliLogin,
  log: Pick<FastifyBaseLogger, "warn">,
): Promise<{ port: number; close(): Promise<void> } | undefined> {
  const server = createServer((request, response) => {
    const path = request.url?.startsWith("/") ? request.url : "/";
    response.writeHead(302, { location: console + path, "cache-control": "no-store", connection: "close" }).end();
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, host, resolve);
    });
  } catch (err) {
    log.warn(
      { err },
      `The Pulumi CLI opens http://localhost:${port} to log in, and Quillon can't listen there. End the program that does, log in with an access token, or turn this off with --cli-login-port 0 (QUILLON_CLI_LOGIN_PORT).`,
    );
    return undefined;
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
