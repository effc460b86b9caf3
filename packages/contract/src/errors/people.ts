import type { ErrorTable } from "./table.ts";

/** Errors about organizations, their members, teams and access tokens. */
export const peopleErrors = {
  organization_not_found: {
    status: 404,
    message: (p: { organization: string }) => `Organization ${p.organization} does not exist, or you are not in it.`,
  },
  organization_default_not_found: { status: 404, message: (_: object) => "You are in no organization." },
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
      `There already is a user ${p.login}: put them in ${p.organization} as a member; their own tokens will work there.`,
  },
  user_not_found: { status: 404, message: (p: { login: string }) => `There is no user ${p.login} on this server.` },
  member_not_found: {
    status: 404,
    message: (p: { login: string; organization: string }) => `${p.login} is not a member of ${p.organization}.`,
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
    message: (p: { team: string; organization: string }) => `${p.organization} already has a team ${p.team}.`,
  },
  team_edit_refused: {
    status: 400,
    message: (p: { team: string; problem: string }) => `Team ${p.team} was not changed: ${p.problem}.`,
  },
  token_not_found: { status: 404, message: (p: { id: string }) => `There is no access token ${p.id} here.` },
  token_exists: {
    status: 409,
    message: (p: { name: string }) => `There already is an access token ${p.name} here. Revoke it first.`,
  },
} as const satisfies ErrorTable;
