import type { Counted } from "./policies/grouping.ts";

type Pack = Pick<Counted["packs"][number], "name" | "version" | "required" | "failure" | "policies">;

/** Why a run failed in which no mandatory policy was violated, as far as its packs say it: the title, and which packs are shown with the reason. */
export function whyFailed(packs: readonly Pack[]): { title: string; broken: boolean } {
  const broken = packs.filter(({ failure }) => failure !== undefined);
  if (broken.length > 0) return { title: `It failed because of policy ${namesOf(broken)}`, broken: true };
  const silent = packs.filter(({ required, policies }) => required && policies.length === 0);
  if (silent.length > 0)
    return { title: `It failed, and nothing was reported of policy ${namesOf(silent)}`, broken: false };
  return { title: "It failed, and no mandatory policy was violated", broken: false };
}

const MOST_NAMED = 3;

function namesOf(packs: readonly Pack[]): string {
  const names = packs.slice(0, MOST_NAMED).map(({ name, version }) => `${name} ${version}`.trim());
  const more = packs.length - names.length;
  return `${packs.length === 1 ? "pack" : "packs"} ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
