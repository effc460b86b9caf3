import { exceptionId, type Told } from "../../exceptions/index.ts";
import { type Kind, pageUrl, senderOf } from "./kind.ts";

const SHOWN = 5;

/** A week and a day before an exception ends, and when it has. Messages are for webhooks of the organization, because packs belong to it. */
export const policyExceptionKind: Kind<Told> = {
  name: () => "policy_exception",
  filters: ({ ended }) => [ended ? "policy_exception_ended" : "policy_exception_ending"],
  message: (about, { number, pack, reason, expiresAt, ended, stacks, stackCount }) => {
    const id = exceptionId(number);
    const until = expiresAt.toISOString();
    return {
      payload: {
        ...senderOf(about),
        action: ended ? "ended" : "ending",
        exceptionId: id,
        policyPackName: pack,
        reason,
        expiresAt: until,
        stacks,
        stackCount,
      },
      title: `Policy exception ${id} of ${about.organization} ${ended ? "has ended" : `ends at ${until}`}`,
      facts: [
        ["Policy pack", pack],
        ["Stacks", stacks.slice(0, SHOWN).join(", ") + (stackCount > SHOWN ? ` and ${stackCount - SHOWN} more` : "")],
        ["Ends", until],
      ],
      lines: [reason],
      link: pageUrl(about, "insights", "exceptions", id),
    };
  },
};
