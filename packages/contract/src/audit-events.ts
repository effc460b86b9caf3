/** What an event of the audit log means, and who can do what it records. */
export interface AuditEventType {
  /** One sentence for people, without a full stop. */
  readonly description: string;
  /** Who can do it: an admin of the organization, or somebody who administers the stack; left out when others can too. */
  readonly requires?: "org:admin" | "stack:admin";
  /** It records that somebody was not let in. */
  readonly refusal?: true;
}

/** The catalogue: every event by the name with which the audit log shows and filters it. A name is never used again for something else. */
export const auditEvents = {
  "Organization Created": { description: "An organization was made" },
  "Organization Updated": { description: "A setting of the organization was changed", requires: "org:admin" },
  "User Created": { description: "A user of the server was made", requires: "org:admin" },
  "Member Added": { description: "A user became a member of the organization", requires: "org:admin" },
  "Member Role Changed": { description: "A member got another role", requires: "org:admin" },
  "Member Removed": { description: "A member was removed from the organization", requires: "org:admin" },
  "Team Created": { description: "A team was made", requires: "org:admin" },
  "Team Updated": { description: "The display name or the description of a team was changed" },
  "Team Member Added": { description: "A member of the organization was added to a team" },
  "Team Member Role Changed": { description: "A member of a team became its admin, or is its admin no more" },
  "Team Member Removed": { description: "A member was removed from a team" },
  "Team Stack Permission Changed": { description: "A team was given a permission on a stack, or lost it" },
  "Team Removed": { description: "A team was removed, with its permissions and tokens", requires: "org:admin" },
  "Access Token Created": { description: "An access token of a person, a team or the organization was made" },
  "Access Token Revoked": { description: "An access token of a person, a team or the organization was revoked" },
  "Console Sign-in": { description: "A person signed in to the console" },
  "Console Sign-out": { description: "A person signed out of the console" },
  "Stack Created": { description: "A stack was made" },
  "Stack Renamed": { description: "A stack got another name in its project", requires: "stack:admin" },
  "Stack Moved": { description: "A stack was moved to another project", requires: "stack:admin" },
  "Stack Removed": { description: "A stack was removed, with its state and history", requires: "stack:admin" },
  "Stack Restored": { description: "A stack that was removed was restored, with its key, states and history" },
  "Stack Tags Changed": { description: "Tags of a stack were set or removed, by a request or by an update" },
  "Stack State Imported": { description: "The state of a stack was replaced by one that somebody sent" },
  "Stack Secrets Decrypted": {
    description: "Secrets of a stack were decrypted; one event for each token and stack in a minute",
  },
  "Stack Secret Shown": {
    description: "A client said which secret it showed, or which command showed secrets; the server can't check that",
  },
  "Stack Requirements Exported": {
    description: "What a stack must run was given out, signed, for runs of it while the server can't be asked",
  },
  "Stack Checked": {
    description: "Somebody sent what policies say of the state of a stack elsewhere, which enforced nothing",
  },
  "Update Started": { description: "An update, refresh or destroy that changes a stack was started" },
  "Update Run Without Policies": {
    description:
      "An update of a stack elsewhere was run without what it must run, for a reason that somebody gave (--break-glass)",
  },
  "Update Cancelled": {
    description: "A running update was cancelled by somebody, or because its right to run was withdrawn",
  },
  "Policy Pack Published": { description: "A version of a policy pack was published" },
  "Policy Pack Version Removed": { description: "A version of a policy pack was removed" },
  "Policy Pack Removed": { description: "A policy pack was removed with all of its versions" },
  "Policy Group Created": { description: "A policy group was made" },
  "Policy Group Updated": { description: "The stacks, packs or settings of a policy group were changed" },
  "Policy Group Removed": { description: "A policy group was removed" },
  "Policy Exception Created": { description: "Violations of a policy pack were let through, for a reason" },
  "Policy Exception Removed": { description: "A policy exception was removed, so its violations count again" },
  "Policy Exception Ended": { description: "The time of a policy exception was over, so its violations count again" },
  "Policy Exception Requested": { description: "Somebody asked for a policy exception, and can ask others to agree" },
  "Policy Exception Request Submitted": { description: "A policy exception was laid before those who may agree to it" },
  "Policy Exception Request Approved": {
    description: "A policy manager agreed to a policy exception that somebody else asked for",
  },
  "Policy Exception Approval Withdrawn": {
    description: "An approval of a policy exception was taken back before it was made",
  },
  "Policy Exception Request Closed": {
    description: "A policy exception that somebody asked for was rejected, or not wanted any more",
  },
  "Policy Exception Request Lapsed": {
    description: "A policy exception that somebody asked for was not applied in time, so it has to be asked for again",
  },
  "Policy Exception Request Commented": {
    description: "Something was said of a policy exception that somebody asked for",
  },
  "Exception Rule Changed": { description: "It was set what is allowed of policy exceptions", requires: "org:admin" },
  "Finding Rule Changed": { description: "It was set when findings are overdue", requires: "org:admin" },
  "Webhook Created": { description: "A webhook of the organization or of a stack was made", requires: "stack:admin" },
  "Webhook Updated": {
    description: "A webhook of the organization or of a stack was changed",
    requires: "stack:admin",
  },
  "Webhook Removed": {
    description: "A webhook of the organization or of a stack was removed",
    requires: "stack:admin",
  },
  "Webhook Sent": {
    description: "A webhook was sent a test message, or a message once more, because somebody asked",
    requires: "stack:admin",
  },
  "Policy Issue Updated": { description: "The status, priority, assignee or comment of a policy issue was changed" },
  "Receipt Rule Changed": { description: "It was set whether an update without a complete receipt stops the next one" },
  "Receipt Stop Lifted": {
    description: "A stack's next update was let start although the receipt of its last one is not complete",
    requires: "org:admin",
  },
  "Sign-in Failed": {
    description: "An expired token was used; one event for each token in a minute",
    refusal: true,
  },
  "Access Denied": {
    description:
      "A caller was refused what they have no right to; one event for each token, route and thing in a minute",
    refusal: true,
  },
} as const satisfies Record<string, AuditEventType>;

export type AuditEventName = keyof typeof auditEvents;

/** What the catalogue says of an event, also of one that an older version recorded. */
export function auditEventType(event: string): AuditEventType | undefined {
  return Object.hasOwn(auditEvents, event) ? auditEvents[event as AuditEventName] : undefined;
}
