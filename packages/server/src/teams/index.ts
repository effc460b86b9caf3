export { createTeam } from "./create.ts";
export { deleteTeam } from "./delete.ts";
export type { TeamMember } from "./member-queries.ts";
export { addTeamMember, changeTeamMember, type MemberAction } from "./members.ts";
export { setTeamTexts, type Team, teamsOf } from "./queries.ts";
export { readTeam, readTeams, requireTeam } from "./read.ts";
