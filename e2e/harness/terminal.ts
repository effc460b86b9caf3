import { Command, type Outcome, unexpected } from "./command.ts";

/** One person's shell: runs command lines in a folder, with an environment. */
export class Terminal {
  readonly dir: string;
  readonly env: Record<string, string>;
  /** A program, with its arguments, that starts each command. */
  readonly starter: readonly string[];

  constructor(dir: string, env: Record<string, string>, starter: readonly string[] = []) {
    this.dir = dir;
    this.env = env;
    this.starter = starter;
  }

  in(dir: string): Terminal {
    return new Terminal(dir, this.env, this.starter);
  }

  with(env: Record<string, string>): Terminal {
    return new Terminal(this.dir, { ...this.env, ...env }, this.starter);
  }

  under(starter: readonly string[]): Terminal {
    return new Terminal(this.dir, this.env, starter);
  }

  start(line: string): Command {
    return new Command(line, this);
  }

  async run(line: string): Promise<Outcome> {
    const command = this.start(line);
    const timer = command.killLater();
    const outcome = await command.outcome;
    clearTimeout(timer);
    return outcome;
  }

  /** Runs a command that must succeed. @returns its standard output. @throws Error with all its output when it failed. */
  async ok(line: string): Promise<string> {
    const outcome = await this.run(line);
    if (outcome.code !== 0) throw new Error(unexpected(outcome, "should have succeeded"));
    return outcome.stdout;
  }

  /** Runs a command that must fail by itself, not through a signal. @returns everything that it printed, on both outputs. */
  async fails(line: string): Promise<string> {
    const outcome = await this.run(line);
    if (outcome.code === 0 || outcome.code === null)
      throw new Error(unexpected(outcome, "should have failed by itself"));
    return outcome.all;
  }

  /** Runs a command that must print JSON on its standard output. */
  async json<T>(line: string): Promise<T> {
    return JSON.parse(await this.ok(line)) as T;
  }
}
