import type { UnderOlderClis } from "@quillon/contract";
import { olderClisText } from "@quillon/contract/older-clis-text";

/** In stacks. */
const NAMED = 5;

/** What an exception does under CLIs that do not know exceptions, and which of its stacks one ran last. */
export function olderClisTextOf({ effect, stacks }: UnderOlderClis): string {
  const named = stacks.slice(0, NAMED).map(({ project, stack, version }) => `${project}/${stack} (${version})`);
  const more = stacks.length > NAMED ? ` and ${stacks.length - NAMED} more` : "";
  const ran = stacks.length > 0 ? ` Such a CLI was the last to run ${named.join(", ")}${more}.` : "";
  return olderClisText(effect) + ran;
}
