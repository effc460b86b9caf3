export { createTeam, deleteTeam } from "./create.ts";
export { editTeam } from "./edit.ts";
export { findTeam, readTeam, readTeams } from "./read.ts";
export { shareStack } from "./share-stack.ts";
