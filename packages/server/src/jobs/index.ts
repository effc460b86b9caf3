export { countJobs } from "./count.ts";
export { defineJob, send } from "./job.ts";
export { prepareJobs } from "./prepare.ts";
export { type Handler, handle, type Outcome, Runner, type RunnerOptions } from "./runner.ts";
export { endTurn, takeTurn } from "./turn.ts";
