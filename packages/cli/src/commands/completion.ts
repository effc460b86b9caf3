import { Argument, Command } from "commander";
import { type Load, shells, wordsAfter } from "../completion.ts";

/** `quillon completion`. */
export function completionCommand(load: Load): Command {
  return new Command("completion")
    .addArgument(new Argument("<shell>", "which one").choices(Object.keys(shells)))
    .argument("[words...]", "after --: what is typed so far, to print what may come next")
    .addHelpText("after", "\nA new shell reads the file. To try it in this bash: source <(quillon completion bash)")
    .action((shell: keyof typeof shells, words: string[]) => complete(shell, words, load));
}

async function complete(shell: keyof typeof shells, words: string[], load: Load): Promise<void> {
  if (words.length === 0) {
    process.stdout.write(shells[shell]);
    return;
  }
  const found = await wordsAfter(words, load);
  // fish shows what is after a tab beside the word.
  const lines = found.map(({ word, about }) => (shell === "fish" ? `${word}\t${about}` : word));
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
