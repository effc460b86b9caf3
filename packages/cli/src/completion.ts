import type { Command, Option } from "commander";

/** What may be typed next, and what it is. */
export interface Word {
  word: string;
  about: string;
}

/**
 * What each shell is told: it calls quillon with the words that are typed so far, so that what is offered is always what the installed
 * version has.
 */
export const shells = {
  bash: `_quillon() {
  local IFS=$'\\n'
  COMPREPLY=($(quillon completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _quillon quillon
`,
  zsh: `#compdef quillon
_quillon() {
  local -a found
  found=("\${(@f)$(quillon completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found[1]" ]]; then compadd -a found; else _files; fi
}
if [[ "$funcstack[1]" == "_quillon" ]]; then _quillon; else compdef _quillon quillon; fi
`,
  fish: `complete -c quillon -a '(quillon completion fish -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};

/** Makes `quillon` with what these words need of it. */
export type Load = (words: readonly string[]) => Promise<Command>;

/** @param typed the words after `quillon`. The last one is not complete, or empty. */
export async function wordsAfter(typed: readonly string[], load: Load): Promise<Word[]> {
  // bash takes the sign in --output=json for a word.
  const words = typed.filter((word, index) => word !== "=" || index === typed.length - 1);
  const start = words.at(-1)?.replace(/^=$/, "") ?? "";
  const before = words.slice(0, -1);
  const place = placeAfter(before, await load(before));
  return offered(place).filter(({ word }) => word.startsWith(start));
}

interface Place {
  command: Command;
  /** An option of which the value comes next. */
  option: Option | undefined;
  /** How many arguments there are already. */
  args: number;
}

function placeAfter(words: readonly string[], program: Command): Place {
  const place: Place = { command: program, option: undefined, args: 0 };
  for (const word of words) {
    if (place.option) place.option = undefined;
    else if (word.startsWith("-"))
      place.option = optionsOf(place.command).find((one) => one.required && (one.long === word || one.short === word));
    else {
      const part = partsOf(place).find((one) => one.name() === word || one.aliases().includes(word));
      if (part) place.command = part;
      else place.args += 1;
    }
  }
  return place;
}

function offered(place: Place): Word[] {
  const { command, option, args } = place;
  const values = (choices: readonly string[] = []) => choices.map((word) => ({ word, about: "" }));
  if (option) return values(option.argChoices);
  return [
    ...partsOf(place).map((one) => ({ word: one.name(), about: one.description() })),
    ...values(command.registeredArguments[args]?.argChoices),
    ...optionsOf(command).flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : [])),
  ];
}

function partsOf({ command, args }: Place): readonly Command[] {
  return args === 0 ? command.commands : [];
}

/** With --help, and --version where there is one. */
function optionsOf(command: Command): Option[] {
  return command.createHelp().visibleOptions(command);
}
