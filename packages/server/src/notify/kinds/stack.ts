import { byWhom, type Kind, pageUrl, senderOf, stackName, stackUrl } from "./kind.ts";

interface StackEvent {
  action: "created" | "deleted" | "renamed";
  /** What it was called before, as `project/stack`. */
  before?: string;
}

const words = { created: "was made", deleted: "was removed", renamed: "got another name" };

export const stackKind: Kind<StackEvent> = {
  name: () => "stack",
  filters: ({ action }) => [`stack_${action}`],
  message: (about, { action, before }) => ({
    payload: { ...senderOf(about), action, ...(before && { previousName: before }) },
    title: `Stack ${stackName(about)} ${words[action]}`,
    facts: [...(before ? ([["Before", before]] as const) : []), ...byWhom(about)],
    lines: [],
    link: action === "deleted" ? pageUrl(about) : stackUrl(about),
  }),
};
