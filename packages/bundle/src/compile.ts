import { Worker } from "node:worker_threads";
import { compileProgram } from "./assets.ts";
import type { Compiled } from "./compile-program.ts";
import type { CompileAnswer, CompileQuestion } from "./compile-worker.ts";
import type { HelperUses } from "./helper-calls.ts";
import type { RequireUses } from "./indirect-requires.ts";
import type { NodePack } from "./pack.ts";
import type { CodePlace } from "./place-in-code.ts";
import { PackRefused, type Problem } from "./problems.ts";

const STOPPED = "The compiler was stopped.";

/** The pack's compiler in a thread of its own, which starts when it is first asked: compilers take seconds, without a pause. */
export class Compiler {
  readonly #pack: NodePack;
  readonly #waiting: ((answer: CompileAnswer) => void)[] = [];
  #worker: Worker | undefined;
  #stopped = false;

  constructor(pack: NodePack) {
    this.#pack = pack;
  }

  /** @returns undefined when the pack starts with JavaScript. @throws PackRefused with what the compiler says, by file and line. */
  async compile(): Promise<Compiled | undefined> {
    const { entry } = this.#pack;
    return isTypeScript(entry) ? this.#ask({ entry }) : undefined;
  }

  /** What `compile` probably returns, in a fraction of the time; undefined when the compiler can't tell. */
  async draft(): Promise<Compiled | undefined> {
    const { entry } = this.#pack;
    return isTypeScript(entry) ? this.#ask<Compiled>({ draftOf: entry }).catch(() => undefined) : undefined;
  }

  /** The name that the code gives the pack, where it is in TypeScript, and says so without being run. Whoever starts it is told what fails. */
  async nameInCode(): Promise<string | undefined> {
    const { entry } = this.#pack;
    return isTypeScript(entry) ? this.#ask<string | undefined>({ nameIn: entry }).catch(() => undefined) : undefined;
  }

  /** Where code calls what stand-ins have no code for. */
  helperCalls(uses: HelperUses): Promise<Problem[]> {
    return this.#ask({ helperCalls: uses });
  }

  /** Whether code asks for the module whose name is at a place under a condition only. */
  isGuarded(code: string, moduleAt: CodePlace): Promise<boolean> {
    return this.#ask({ code, moduleAt });
  }

  /** What code needs that uses `require` at places without calling it. */
  requireUses(code: string, requiresAt: CodePlace[]): Promise<RequireUses> {
    return this.#ask({ code, requiresAt });
  }

  /** What is being asked, and what is asked later, is rejected. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker?.terminate();
  }

  async #ask<Answer>(question: CompileQuestion): Promise<Answer> {
    if (this.#stopped) throw new Error(STOPPED);
    const worker = this.#worker ?? this.#start();
    worker.postMessage(question);
    const answer = await new Promise<CompileAnswer>((resolve) => this.#waiting.push(resolve));
    if ("refused" in answer) throw new PackRefused(answer.refused, answer.problems);
    if ("failed" in answer) throw answer.failed;
    return answer.answer as Answer;
  }

  #start(): Worker {
    const worker = new Worker(compileProgram, { workerData: this.#pack.directory, execArgv: [] });
    this.#worker = worker;
    // Questions are answered one after another.
    worker.on("message", (answer: CompileAnswer) => this.#waiting.shift()?.(answer));
    const fail = (failed: unknown) => {
      for (const answer of this.#waiting.splice(0)) answer({ failed });
    };
    worker.on("error", fail);
    worker.on("exit", () => {
      this.#stopped = true;
      fail(new Error(STOPPED));
    });
    return worker;
  }
}

function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}
