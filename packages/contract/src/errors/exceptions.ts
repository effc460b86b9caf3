import { type ErrorTable, oneOf } from "./table.ts";

const NOTHING = "No policy exception was made";

/** What comes after each status of a change request. */
const NEXT = {
  draft: "Its author submits it first.",
  pending: "A policy manager or an admin, not its author, must approve it first.",
  ready: "It is approved, and can be applied or closed.",
  applied: "Its exception is made. Remove that one if it must not hold any more.",
  closed: "Nothing more is done with it. Ask again with a new one.",
};

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Whole days as days. */
const span = (hours: number) => (hours % 24 === 0 ? counted(hours / 24, "day") : counted(hours, "hour"));

/** Errors about policy exceptions. */
export const exceptionErrors = {
  exception_not_found: {
    status: 404,
    message: (p: { id: string; organization: string }) =>
      `Policy exception ${JSON.stringify(p.id)} does not exist in organization ${p.organization}, or is only for stacks that you may not read.`,
  },
  /** The CLI takes a 409 with `already removed` for success: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_exception_remove.go */
  exception_removed: {
    status: 409,
    message: (p: { id: string; at: string }) => `Policy exception ${p.id} is already removed, since ${p.at}.`,
  },
  /** The CLI asks with a draft after a 409 with `requires approval`: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/policy/policy_exception_new.go */
  exception_needs_approval: {
    status: 409,
    message: (p: { organization: string }) =>
      `${NOTHING}: organization ${p.organization} requires approval for them. Ask for it with pulumi or quillon policy exception new, or POST /api/orgs/${p.organization}/policy/exceptions/drafts.`,
  },
  exception_request_not_found: {
    status: 404,
    message: (p: { id: string; organization: string }) =>
      `Change request ${JSON.stringify(p.id)} does not exist in organization ${p.organization}, or is not one that you may see.`,
  },
  exception_own_request: {
    status: 403,
    message: (p: { id: string }) =>
      `Change request ${p.id} is your own, or was made with a token that you made, so another policy manager must approve it. Nothing was changed.`,
  },
  exception_rule_changed: {
    status: 409,
    message: (p: { organization: string }) =>
      `Nothing was changed: what ${p.organization} allows of policy exceptions was changed since you read it, and what you sent would undo that. The audit log says who did it. Read it again, then repeat your change.`,
  },
  exception_comment_blank: {
    status: 400,
    message: (p: { id: string }) =>
      `No comment was made on change request ${p.id}: it is blank. Write what others should read.`,
  },
  exception_request_refused: {
    status: 409,
    message: oneOf({
      status: (p: { id: string; status: keyof typeof NEXT }) =>
        `Nothing was changed: change request ${p.id} is ${p.status}. ${NEXT[p.status] ?? "{next}"}`,
      approved: (p: { id: string }) =>
        `Nothing was changed: change request ${p.id} is already approved. It takes effect when it is applied.`,
      revision: (p: { id: string }) => `Nothing was changed: change request ${p.id} has only the revision 1.`,
      lapsed: (p: { id: string; days: number }) =>
        `Nothing was changed: change request ${p.id} was made more than ${p.days} days ago, so it is closed. Ask again.`,
      comments: (p: { id: string; most: number }) =>
        `Nothing was changed: change request ${p.id} has ${p.most} comments and other events, so it takes no more comments. To talk about something else, ask again.`,
      not_approved: (p: { id: string }) =>
        `Nothing was changed: the organization has required approval since change request ${p.id} was submitted. A policy manager or an admin, not its author, must approve it first.`,
      approver: (p: { id: string }) =>
        `Nothing was changed: whoever approved change request ${p.id} may not do so any more. A policy manager or an admin, not its author, must approve it again.`,
    }),
  },
  // Never a 404, for which the CLI says that this server has no policy exceptions.
  exception_refused: {
    status: 400,
    message: oneOf({
      pack: (p: { pack: string; organization: string }) =>
        `${NOTHING}: organization ${p.organization} has no published policy pack ${JSON.stringify(p.pack)}. pulumi policy ls shows its packs.`,
      policies: (p: { pack: string; policies: string }) =>
        `${NOTHING}: no published version of policy pack ${p.pack} has ${p.policies}. An exception names each policy as its pack does; "all" is not a policy.`,
      reason: (_: object) =>
        `${NOTHING}: the reason is blank. Say why the violations may stay, for those who read it later.`,
      escapes: (_: object) =>
        `${NOTHING}: the reason has control characters, and the terminals that show it would obey them. Write it in plain text. Ends of lines and tabs may stay.`,
      urn: (p: { entry: number; target: string }) =>
        `${NOTHING}: the target ${JSON.stringify(p.target)} of entry ${p.entry} is not a URN. Write it in full, as pulumi stack --show-urns does: urn:pulumi:STACK::PROJECT::TYPE::NAME. An exception has no patterns.`,
      crowded: (p: { stack: string; most: number }) =>
        `${NOTHING}: with it the exceptions in effect for stack ${p.stack} would have more than ${p.most} MiB, which each of its updates is sent. Remove some that are no longer needed, or name fewer URNs.`,
      stacks: (p: { stacks: number; most: number }) =>
        `${NOTHING}: its URNs name ${p.stacks} stacks. Somebody who is no policy manager can ask for at most ${p.most} at once: ask for several, or ask a policy manager.`,
      endless: (p: { hours: number | null }) =>
        `${NOTHING}: it needs an end, because the organization says so. Ask with --expires-in, or expiresInSeconds${
          p.hours === null ? "" : `, for at most ${span(p.hours)}`
        }.`,
      too_long: (p: { hours: number; wanted: number }) =>
        `${NOTHING}: it would last ${span(p.wanted)}, and it may be at most ${span(p.hours)}, because the organization says so.`,
      severity: (p: { policy: string; forbidden: string }) =>
        `${NOTHING}: the organization allows none from policies of the severity ${p.forbidden} or a worse one, which the policy ${p.policy} has. Mend the violation, or leave the policy out.`,
      duration: (p: { seconds: number }) =>
        `${NOTHING}: expiresInSeconds is ${p.seconds}. It must be whole hours, from 3600 (1 hour) to 315360000 (3,650 days).`,
    }),
  },
} as const satisfies ErrorTable;
