import { count } from "@quillon/report";
import { visible } from "@quillon/report/visible";
import { formatTable } from "../format-table.ts";
import type { Secrets, Status } from "./decide.ts";
import { type Left, leftOf } from "./left.ts";
import type { MovedStack } from "./move.ts";
import type { Reference } from "./references.ts";
import type { Source } from "./source.ts";

const WORDS: Record<Status, string> = {
  move: "to be moved",
  again: "to be moved again",
  moved: "moved",
  busy: "being updated",
  taken: "name is taken",
  diverged: "changed on both sides",
  closed: "secrets closed",
  unreadable: "can't be read",
  changed: "changed meanwhile",
  failed: "failed",
};

/** What stands in the way, and what to do. */
const IN_THE_WAY: Partial<Record<Status, string>> = {
  busy: "An update of it runs, here or there. Run the command again when it has ended.",
  taken:
    "Quillon has a stack with its name that was not moved from there. If nobody needs that one, remove it by `pulumi stack rm`, and run the command again.",
  diverged:
    "It was moved, and was updated in Quillon and where it came from since. Decide which of both states is right: Quillon's stays as it is.",
  closed:
    "Its secrets are encrypted by a service that was not asked. Where the stack is used: `pulumi stack change-secrets-provider passphrase`, and then run the command again.",
  changed:
    "It was updated while it was copied, so the copy in Quillon is not up to date: do not use it. Let nobody update it there, and run the command again.",
};

const SECRETS: Record<Secrets, (provider: string | undefined) => string> = {
  none: () => "none",
  anew: () => "encrypted anew",
  kept: (provider) => `kept (${provider})`,
  closed: () => "closed",
};

/** Whether a stack is in Quillon, or nothing keeps it from being moved there. */
export function isFine({ status }: MovedStack): boolean {
  return status === "move" || status === "again" || status === "moved";
}

export interface Told {
  source: Pick<Source, "kind" | "shown">;
  orgName: string;
  stacks: readonly MovedStack[];
  references: readonly Reference[];
}

/** For people: each stack, what is in the way, what does not come along, and what programs must say otherwise. */
export function migrationText({ source, orgName, stacks, references }: Told): string {
  const rows = stacks.map((one) => [
    ...[one.from, `${orgName}/${one.project ?? "?"}/${one.stack}`, WORDS[one.status]],
    ...[String(one.resources), SECRETS[one.secrets](one.provider)],
  ]);
  return [
    ...(rows.length > 0 ? [formatTable(["FROM", "IN QUILLON", "STATUS", "RESOURCES", "SECRETS"], rows)] : []),
    ...section("Not moved:", ["STACK", "WHY"], stacks.filter((one) => !isFine(one)).map(whyNot)),
    ...section(
      "Programs that read another stack by its full name:",
      ["STACK", "READS", "MUST READ", "IN QUILLON"],
      references.map(({ stack, name, becomes, isThere }) => [stack, name, becomes, isThere ? "yes" : "no"]),
    ),
    ...leftText(leftOf(source.kind, stacks)),
  ].join("\n");
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length > 0 ? [`${title}\n${formatTable(headings, rows)}`] : [];
}

/** Sentences are too long for a table. */
function leftText(left: readonly Left[]): string[] {
  const lines = left.map(({ stack, what, todo }) => `- ${stack ? `${stack}: ` : ""}${visible(what)}. ${todo}\n`);
  return lines.length > 0 ? [`What does not come along:\n${lines.join("")}`] : [];
}

function whyNot({ from, status, problem }: MovedStack): string[] {
  return [from, [IN_THE_WAY[status], problem].filter(Boolean).join(" ")];
}

/** All of it in one sentence. */
export function migrationSentence(stacks: readonly MovedStack[], from: string): string {
  if (stacks.length === 0) return `There are no stacks in ${from}.`;
  const counts = Object.entries(WORDS).flatMap(([status, words]) => {
    const many = stacks.filter((one) => one.status === status).length;
    return many > 0 ? [`${many} ${words}`] : [];
  });
  return `Of ${from}, ${count(stacks.length, "stack")}: ${counts.join(", ")}.`;
}
