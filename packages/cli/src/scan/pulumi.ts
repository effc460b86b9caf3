import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "@quillon/runner";
import { helperEnv } from "../required-packs/helper.ts";
import { type Backend, withoutCredentials } from "./backend.ts";

/** In bytes. More is not read of what one command prints. */
const MOST = 512 * 1024 * 1024;
/** How long a backend is waited for. */
const PATIENCE_MS = 300_000;

/** What the Pulumi CLI said when it failed. */
export class PulumiFailed extends Error {}

/** Runs the Pulumi CLI. @returns what it printed. @throws PulumiFailed; Error when it can't be started. */
export type Pulumi = (args: readonly string[]) => Promise<Buffer>;

/**
 * Does some work with the Pulumi CLI on a backend. It has a folder and a login of its own, which are gone afterwards, so that the user's stay as
 * they are. It asks nothing, because it has no terminal.
 */
export async function withPulumi<T>(
  backend: Backend,
  env: NodeJS.ProcessEnv,
  work: (pulumi: Pulumi) => Promise<T>,
): Promise<T> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "quillon-scan-")));
  const remove = () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  const forget = atEnd(remove);
  const of = { backend, home, env: pulumiEnv(env, backend, home) };
  try {
    return await work((args) => run(args, of));
  } finally {
    remove();
    forget();
  }
}

/** Variables of other backends and servers, and those that choose a stack. */
const NOT_GIVEN = /^(QUILLON_TOKEN|PULUMI_(ACCESS_TOKEN|CREDENTIALS_PATH|STACK|ORGANIZATION))$/;

function pulumiEnv(env: NodeJS.ProcessEnv, { url }: Backend, home: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(helperEnv(env)).filter(([name]) => !NOT_GIVEN.test(name))),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: url,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The CLI would make a file in an empty backend otherwise. Where there are stacks, it is the backend that says its layout.
    PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true",
    PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "true",
  };
}

function run(
  args: readonly string[],
  { backend, home, env }: { backend: Backend; home: string; env: NodeJS.ProcessEnv },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: home,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const forget = atEnd(() => child.kill("SIGKILL"), { isProcess: true });
    const printed: Buffer[] = [];
    let size = 0;
    let said = "";
    let gaveUp = "";
    const giveUp = (why: string) => {
      gaveUp ||= why;
      child.kill("SIGKILL");
    };
    const patience = setTimeout(() => giveUp(`It has not answered for ${PATIENCE_MS / 1000} seconds.`), PATIENCE_MS);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST) giveUp(`It has printed more than ${MOST / 1024 / 1024} MiB.`);
      else printed.push(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-LONGEST_MESSAGE);
    });
    const end = () => {
      clearTimeout(patience);
      forget();
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      end();
      reject(
        new Error(
          error.code === "ENOENT"
            ? "There is no command pulumi, which reads the backend. Install the Pulumi CLI, and put it on the PATH."
            : `The Pulumi CLI can't be started: ${error.message}`,
        ),
      );
    });
    child.once("close", (code) => {
      end();
      if (code === 0 && !gaveUp) return resolve(Buffer.concat(printed));
      reject(new PulumiFailed(gaveUp || withoutCredentials(messageIn(said), backend)));
    });
  });
}

const LONGEST_MESSAGE = 4_000;

function messageIn(said: string): string {
  const text = said.trim();
  const at = text.indexOf("error: ");
  return (at < 0 ? text : text.slice(at + "error: ".length)) || "It has failed, and has not said why.";
}
