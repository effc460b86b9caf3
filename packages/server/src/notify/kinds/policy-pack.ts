import { byWhom, type Kind, pageUrl, senderOf } from "./kind.ts";

interface PackEvent {
  action: "published" | "removed";
  pack: string;
  /** As people name them. */
  versions: readonly string[];
}

export const policyPackKind: Kind<PackEvent> = {
  name: () => "policy_pack",
  filters: ({ action }) => [`policy_pack_${action}`],
  message: (about, { action, pack, versions }) => ({
    payload: { ...senderOf(about), action, policyPackName: pack, versionTags: versions },
    title: `Policy pack ${pack} ${versions.join(", ")} of ${about.organization} was ${action}`,
    facts: byWhom(about),
    lines: [],
    link: pageUrl(about, "insights", "policypacks", pack),
  }),
};
