import { type ErrorTable, oneOf } from "./table.ts";

/** Errors about organizations, their members, teams and access tokens. */
export const peopleErrors = {
  organization_not_found: {
    status: 404,
    message: (p: { organization: string }) => `Organization ${p.organization} does not exist, or you are not in it.`,
  },
  session_not_found: {
    status: 404,
    message: (_: object) =>
      "You are not signed in to the console with this request, so there is nothing to sign out of.",
  },
  proxy_login_unknown: {
    status: 403,
    message: (p: { login: string }) =>
      `Your proxy signed you in as ${p.login}, and this server has no such user. Ask an admin to make one: quillon user add ${p.login}.`,
  },
  organization_default_not_found: {
    status: 404,
    message: (_: object) => "You are not in any organization. Ask an admin of one to add you.",
  },
  user_exists: {
    status: 409,
    message: (p: { login: string; organization: string }) => `${p.login} already is a member of ${p.organization}.`,
  },
  organization_exists: {
    status: 409,
    message: (p: { organization: string }) => `An organization ${p.organization} already exists.`,
  },
  login_taken: {
    status: 409,
    message: (p: { login: string; organization: string }) =>
      `This server already has a user ${p.login}. Add them to ${p.organization} as a member: their own access tokens then work there too.`,
  },
  user_of_others: {
    status: 403,
    message: (p: { login: string; organization: string }) =>
      `${p.login} was not added to ${p.organization}: another organization of this server has made this user, and its admins may have an access token of theirs. Ask an admin of the server to add them, or make a user with another login.`,
  },
  user_not_found: { status: 404, message: (p: { login: string }) => `There is no user ${p.login} on this server.` },
  member_not_found: {
    status: 404,
    message: (p: { login: string; organization: string }) => `${p.login} is not a member of ${p.organization}.`,
  },
  audit_sequence_unknown: {
    status: 409,
    message: (p: { after: string; last: string }) =>
      `No event of the audit log has had the sequence ${p.after}: the last one is ${p.last}. If the database was restored from an older copy, events since then have sequences that you have read before. Read on after ${p.last}, or from the last event that you know to be in the copy.`,
  },
  audit_events_removed: {
    status: 410,
    message: (p: { after: string; last: string }) =>
      `The next events after ${p.after} were removed from the audit log before they were read, because they are older than it is kept (QUILLON_AUDIT_DAYS). Read on after ${p.last}, and note that those between are missing.`,
  },
  last_admin: {
    status: 400,
    message: (p: { login: string; organization: string }) =>
      `${p.login} is the last admin of ${p.organization}. Make somebody else an admin first.`,
  },
  team_not_found: {
    status: 404,
    message: (p: { team: string; organization: string }) =>
      `Team ${p.team} does not exist in organization ${p.organization}.`,
  },
  team_exists: {
    status: 409,
    message: (p: { team: string; organization: string }) =>
      `Organization ${p.organization} already has a team ${p.team}.`,
  },
  team_edit_refused: {
    status: 400,
    message: oneOf({
      not_a_member: (p: { team: string; login: string; organization: string }) =>
        `Team ${p.team} was not changed: ${p.login} is not a member of ${p.organization}. Add them to the organization first.`,
      not_in_team: (p: { team: string; login: string }) =>
        `Team ${p.team} was not changed: ${p.login} is not in the team.`,
      stack_not_found: (p: { team: string; stack: string }) =>
        `Team ${p.team} was not changed: stack ${p.stack} does not exist.`,
      no_permission: (p: { team: string; stack: string }) =>
        `Team ${p.team} was not changed: it has no permission on stack ${p.stack}. Give it one with addStackPermission.`,
      incomplete_member: (p: { team: string }) =>
        `Team ${p.team} was not changed: member and memberAction must be sent together.`,
    }),
  },
  token_not_found: { status: 404, message: (p: { id: string }) => `There is no access token ${p.id} here.` },
  token_exists: {
    status: 409,
    message: (p: { name: string }) =>
      `There is already an access token with the name ${p.name} here. Revoke it first, or choose another name.`,
  },
} as const satisfies ErrorTable;
