import type { MovedStack } from "./move.ts";
import type { Source } from "./source.ts";

/** Something that does not come along, and what to do about it. */
export interface Left {
  /** As PROJECT/STACK; none for what is so of all. */
  stack?: string;
  what: string;
  todo: string;
}

/** Of every stack from there. */
const ALWAYS: Record<Source["kind"], readonly Left[]> = {
  service: [
    { what: "history and earlier states", todo: "They stay there. --history DIR writes the history into files." },
    {
      what: "permissions of teams, webhooks, deployment settings, schedules",
      todo: "Set them in Quillon: quillon team stack, quillon webhook add. It runs no deployments.",
    },
  ],
  backend: [
    { what: "history and earlier states", todo: "They stay there. --history DIR writes the history into files." },
  ],
};

/** Of one stack. */
const OF_A_STACK: readonly ((stack: MovedStack) => Omit<Left, "stack"> | false)[] = [
  ({ secretConfig, stack }) =>
    secretConfig.length > 0 && {
      what: `secrets in Pulumi.${stack}.yaml, which the service has encrypted: ${secretConfig.join(", ")}`,
      todo: "In the project's folder, set each again: pulumi config set --secret NAME. `pulumi config --show-secrets` shows them while you are logged in there.",
    },
  ({ environment }) =>
    environment !== undefined && {
      what: `its configuration, which is in the environment ${environment}`,
      todo: "Quillon has no environments. Set it in the project's folder: pulumi config set.",
    },
  ({ tagsLeft }) =>
    tagsLeft.length > 0 && {
      what: `tags whose names or values Quillon does not take: ${tagsLeft.join(", ")}`,
      todo: "Set them with other names: pulumi stack tag set.",
    },
  ({ secrets, provider }) =>
    secrets === "kept" && {
      what: `the key of its secrets, which stay encrypted by ${provider}`,
      todo: "Who updates it needs the passphrase or the key, as before, and its Pulumi.STACK.yaml as it is. Later, pulumi stack change-secrets-provider default uses Quillon's key.",
    },
];

export function leftOf(kind: Source["kind"], stacks: readonly MovedStack[]): Left[] {
  if (stacks.length === 0) return [];
  const own = stacks.flatMap((stack) =>
    OF_A_STACK.flatMap((rule) => {
      const left = rule(stack);
      return left ? [{ stack: `${stack.project ?? "?"}/${stack.stack}`, ...left }] : [];
    }),
  );
  return [...ALWAYS[kind], ...own];
}
