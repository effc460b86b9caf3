import { Command, type Outcome, told } from "./command.ts";

/** One person's shell: a folder and an environment, in which lines are typed. */
export class Terminal {
  readonly dir: string;
  readonly env: Record<string, string>;

  constructor(dir: string, env: Record<string, string>) {
    this.dir = dir;
    this.env = env;
  }

  in(dir: string): Terminal {
    return new Terminal(dir, this.env);
  }

  with(env: Record<string, string>): Terminal {
    return new Terminal(this.dir, { ...this.env, ...env });
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

  /** @returns what the command printed on its standard output. @throws Error with all of it when the command failed. */
  async ok(line: string): Promise<string> {
    const outcome = await this.run(line);
    if (outcome.code !== 0) throw new Error(told(outcome, "should have succeeded"));
    return outcome.stdout;
  }

  /** The command must end by itself, and not well. @returns all that it printed, on both outputs. */
  async fails(line: string): Promise<string> {
    const outcome = await this.run(line);
    if (outcome.code === 0 || outcome.code === null) throw new Error(told(outcome, "should have failed by itself"));
    return outcome.all;
  }

  /** What a command prints on its standard output, as JSON. */
  async json<T>(line: string): Promise<T> {
    return JSON.parse(await this.ok(line)) as T;
  }
}
