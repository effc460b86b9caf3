export { createTeam, deleteTeam } from "./create.ts";
export { addTeamMember, changeTeamMember, type MemberAction } from "./members.ts";
export { setTeamTexts, teamsOf } from "./queries.ts";
export { readTeam, readTeams, requireTeam, type Team, type TeamMember } from "./read.ts";
