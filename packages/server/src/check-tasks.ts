import { boundsTask, readBodyTask } from "./http/read-body.ts";
import { checkConfigTask, checkPackTask } from "./packs/index.ts";
import { runnerOf } from "./workers/run-task.ts";

/** Runs a task that checks what a client has sent. These load the schemas of all routes, and what reads the files of packs. */
export const run = runnerOf([readBodyTask, boundsTask, checkConfigTask, checkPackTask]);
