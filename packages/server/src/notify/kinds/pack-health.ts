import type { HealthChange } from "../../findings/index.ts";
import { type About, byWhom, type Kind, pageUrl, senderOf, stackName } from "./kind.ts";
import { type EndedUpdate, titleOf, updateUrl } from "./update.ts";

interface HealthEvent {
  change: HealthChange;
  /** The run that showed it, and its stack. Messages are for webhooks of the organization, because packs belong to it. */
  update: EndedUpdate;
  stack: NonNullable<About["stack"]>;
}

/** In characters, of a message in the raw format. The whole one is in the pack's health. */
const LONGEST = 1_000;

const stages = {
  install: "be downloaded or installed",
  load: "be loaded",
  configure: "be configured",
  run: "run its policies",
};

/** The first failure of a version of a pack, and the end of all its failures. What comes between is not told. */
export const packHealthKind: Kind<HealthEvent> = {
  name: () => "policy_pack_health",
  filters: ({ change }) => [change.failure ? "pack_failed" : "pack_recovered"],
  message: (about, { change, update, stack }) => {
    const ofStack = { ...about, stack };
    return {
      payload: {
        ...senderOf(ofStack),
        action: change.failure ? "failed" : "recovered",
        policyPackName: change.pack,
        policyPackVersionTag: change.tag,
        updateUrl: updateUrl(ofStack, update),
        ...(change.failure && { ...change.failure, message: change.failure.message.slice(0, LONGEST) }),
        ...(change.workedBefore && { workedBeforeVersionTag: change.workedBefore }),
      },
      title: titleFor(about, change),
      facts: [["Run", `${titleOf(update)} of stack ${stackName(ofStack)}`], ...byWhom(about)],
      lines: [...(change.failure ? [change.failure.message] : []), ...revertOf(about, change)],
      link: `${pageUrl(about, "insights", "policypacks", change.pack)}?tab=health`,
    };
  },
};

/** Which groups have the version is not known here. */
function revertOf({ organization }: About, { pack, workedBefore }: HealthChange): string[] {
  if (!workedBefore) return [];
  return [
    `Version ${workedBefore} worked there. This says how to revert to it: quillon pack health ${organization}/${pack}`,
  ];
}

function titleFor({ organization }: About, { pack, tag, failure }: HealthChange): string {
  const name = `olicy pack ${pack} ${tag} of ${organization}`;
  if (!failure) return `No stack fails because of p${name} any more`;
  return `P${name} could not ${stages[failure.stage]}${failure.certain ? "" : ", as it seems"}`;
}
