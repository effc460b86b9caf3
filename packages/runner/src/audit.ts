import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { AUDIT_ANSWER, type AuditedPack, type AuditJob } from "@quillon/proto/audit";
import { AuditRefused } from "./audit-refused.ts";
import { startChild } from "./child.ts";
import { howToInstall } from "./install-commands.ts";
import { PackFailed } from "./pack-failed.ts";

export type { AuditedPack, AuditedPolicy, AuditedResult, AuditJob } from "@quillon/proto/audit";
export { AuditRefused } from "./audit-refused.ts";
export { howToInstallInPython } from "./install-commands.ts";
export { packCommand, type Runtime } from "./pack-command.ts";
export { PackFailed } from "./pack-failed.ts";

interface Options {
  /** Absolute path of the folder with PulumiPolicy.yaml. */
  directory: string;
  command: string[];
  /** The same without checking types; see `packCommand`. */
  withoutTypes?: string[] | undefined;
  env: NodeJS.ProcessEnv;
  job: AuditJob;
  /** What `pulumi stack export` wrote. */
  state: Uint8Array;
  /** How long it may take. */
  seconds: number;
}

export interface Audited {
  pack: AuditedPack;
  /** What the pack has printed, as much as is kept. */
  printed: string;
}

const MOST_PRINTED = 16 * 1024 * 1024;
const KEPT_PRINTED = 64 * 1024;
const LONGEST_ANSWER = 512 * 1024 * 1024;

/**
 * Holds a pack against a state. A pack on our SDK reads the state by itself; another one is asked as the engine asks it. Nothing of the
 * pack is left running.
 *
 * @throws PackFailed when the pack does not start, fails, is silent for too long or prints too much.
 * @throws AuditRefused when the state or the configuration is wrong.
 */
export async function auditPack({ withoutTypes, ...options }: Options): Promise<Audited> {
  if (withoutTypes) {
    try {
      return await auditOnce({ ...options, command: withoutTypes });
    } catch (error) {
      // What fails is started once more as the engine starts it, whose compiler may know why.
      if (!(error instanceof PackFailed) || error instanceof TookTooLong) throw error;
    }
  }
  return auditOnce(options);
}

async function auditOnce({ directory, command, env, job, state, seconds }: Options): Promise<Audited> {
  const { process: child, stop } = startChild([...command, NO_ENGINE, "."], {
    cwd: directory,
    env: { ...process.env, ...env, [AUDIT_ANSWER]: "3" },
    withAnswer: true,
  });
  const printed = new Printed();
  let timer: NodeJS.Timeout | undefined;
  try {
    const failed = new Promise<never>((_, reject) => {
      const fail = (what: string) => reject(new Ended(what));
      const late = () => reject(new TookTooLong(`The policy pack did not answer within ${seconds} s`));
      timer = setTimeout(late, seconds * 1000);
      child.once("error", ({ message }) => fail(`${command[0]} can't be started: ${message}`));
      child.once("close", (code, by) => fail(`The policy pack's program ended with ${by ?? `exit code ${code}`}`));
      for (const stream of [child.stdout, child.stderr])
        printed.follow(stream, () => fail(`The policy pack printed more than ${MOST_PRINTED / 1024 / 1024} MB`));
    });
    // A pack on another SDK does not read it.
    child.stdin.on("error", () => {});
    child.stdin.write(`${JSON.stringify(job)}\n`);
    child.stdin.end(job.file === undefined ? state : undefined);
    const answer = wholeOf((child as unknown as { stdio: Readable[] }).stdio[3] as Readable);
    const byItself = answer.then(async (text) => ({ pack: text === "" ? await failed : readAnswer(text), printed }));
    const asked = portOf(child.stdout).then(async (port) => {
      const { askPack } = await import("./ask.ts");
      const { pack, mask } = await askPack(port, { job, text: Buffer.from(state).toString(), seconds });
      return { pack, printed: { text: mask(printed.text.replace(new RegExp(`^${port}\r?\n`, "m"), "")) } };
    });
    // The connection of a pack that ends is gone before the pack is, and says less.
    const answered = asked.catch(async (error: Error) => {
      if (isConnectionGone(error)) await Promise.race([failed, wait(ENDING_MILLISECONDS, undefined, { ref: false })]);
      throw error;
    });
    const {
      pack,
      printed: { text },
    } = await Promise.race([failed, byItself, answered]);
    return { pack, printed: text };
  } catch (error) {
    if (!(error instanceof PackFailed)) throw error;
    const { maskSecretsOf } = await import("./secret-strings.ts");
    const mask = maskSecretsOf(Buffer.from(state).toString(), job.secrets);
    error.message = error instanceof Ended ? printed.after(error.message, mask) : mask(error.message);
    const next = howToInstall(error.message, command[0] ?? "", directory);
    if (next) error.message += `\n${next}`;
    throw error;
  } finally {
    clearTimeout(timer);
    await stop();
  }
}

/** How long a pack whose connection is gone may take to end. Its outputs are read for a second. */
const ENDING_MILLISECONDS = 3000;

/** What gRPC calls UNAVAILABLE. */
function isConnectionGone({ cause }: Error): boolean {
  return (cause as { code?: unknown } | undefined)?.code === 14;
}

/** What the pack has printed says why. */
class Ended extends PackFailed {}

class TookTooLong extends Ended {}

/** The pack calls its engine only to log. Nothing listens there, which packs bear. */
const NO_ENGINE = "127.0.0.1:1";

class Printed {
  text = "";
  #bytes = 0;

  follow(stream: Readable, tooMuch: () => void): void {
    stream.setEncoding("utf8").on("data", (text: string) => {
      this.#bytes += text.length;
      if (this.text.length < KEPT_PRINTED) this.text += text.slice(0, KEPT_PRINTED - this.text.length);
      if (this.#bytes > MOST_PRINTED) tooMuch();
    });
  }

  /** A secret is masked before the text is cut, because a part of it would not be found. */
  after(what: string, mask: (text: string) => string): string {
    const said = mask(stripVTControlCharacters(this.text)).trim();
    return said ? `${what.replace(/\.$/, "")}. It printed:\n${said.slice(0, 4000)}` : `${what.replace(/\.$/, "")}.`;
  }
}

/** Never settles when the pack prints no port. Its first line is the port, or else something that an engine would not understand. */
function portOf(stdout: Readable): Promise<number> {
  return new Promise((resolve, reject) => {
    let start = "";
    const look = (text: string) => {
      start += text;
      const end = start.indexOf("\n");
      if (end < 0 && start.length < 1000) return;
      stdout.off("data", look);
      const line = start.slice(0, end < 0 ? 200 : Math.min(end, 200)).trim();
      const port = Number(line);
      if (Number.isInteger(port) && port > 0 && port < 65_536) resolve(port);
      else reject(new PackFailed(`The policy pack printed "${line}" where the engine expects its port.`));
    };
    stdout.on("data", look);
  });
}

async function wholeOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER)
      throw new PackFailed(`The policy pack answered with more than ${LONGEST_ANSWER / 1024 / 1024} MB.`);
  }
  return Buffer.concat(chunks).toString();
}

function readAnswer(text: string): AuditedPack {
  let answer: { pack?: AuditedPack; problem?: { kind: "state" | "config" | "policy"; message: string } };
  try {
    answer = JSON.parse(text);
  } catch {
    throw new PackFailed("The policy pack's program ended before its answer was whole.");
  }
  const { pack, problem } = answer;
  if (pack) return pack;
  if (!problem) throw new PackFailed("The policy pack's answer can't be understood.");
  throw problem.kind === "policy" ? new PackFailed(problem.message) : new AuditRefused(problem.kind, problem.message);
}
